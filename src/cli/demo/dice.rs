//! Chance that can be repeated: the same seed and number give the same throws on every machine.

/// A source of throws (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The throws that belong to the `number`th thing of a run with this seed.
    #[must_use]
    pub fn new(seed: u64, number: u64) -> Self {
        let mut dice = Self(seed ^ number.wrapping_mul(0xD1B5_4A32_D192_ED03));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `sides` - 1; 0 without sides.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.next().checked_rem(sides).unwrap_or_default()
    }

    /// Whether something happens that does in so many of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several; nothing of none.
    pub fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        let place = self.below(u64::try_from(of.len()).unwrap_or_default());
        of.get(usize::try_from(place).unwrap_or_default())
    }

    /// One of several words; the empty word of none.
    pub fn word<'t>(&mut self, of: &[&'t str]) -> &'t str {
        self.pick(of).copied().unwrap_or_default()
    }

    /// One of several by their weights; `otherwise` of none.
    pub fn weighted<T: Copy>(&mut self, of: &[(u64, T)], otherwise: T) -> T {
        let mut left = self.below(of.iter().map(|(weight, _)| weight).sum());
        for (weight, one) in of {
            if left < *weight {
                return *one;
            }
            left -= weight;
        }
        otherwise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_throws_and_each_number_its_own() {
        let throws = |seed, number| {
            let mut dice = Dice::new(seed, number);
            (0..20).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7, 1), throws(7, 1));
        assert_ne!(throws(7, 1), throws(7, 2));
        assert_ne!(throws(7, 1), throws(8, 1));
    }

    #[test]
    fn weights_decide_how_often_and_nothing_comes_of_nothing() {
        let mut dice = Dice::new(1, 1);
        let heads = (0..1_000).filter(|_| dice.weighted(&[(9, true), (1, false)], false)).count();
        assert!((850..950).contains(&heads), "{heads}");
        assert_eq!(dice.pick::<u8>(&[]), None);
        assert!(!dice.weighted(&[], false));
    }
}
