//! What is known of a file's safety.

crate::vocabulary! {
    /// What the virus scanner said of a file.
    ScanState {
        /// There was no scanner when it came.
        NotScanned = "not_scanned",
        /// The scanner was away; the worker asks it again.
        Unscanned = "unscanned",
        /// Nothing was found.
        Clean = "clean",
        /// The scanner takes no file of this size; the worker asks it again once a day.
        TooLarge = "too_large",
        /// Something was found after the file was taken in: it is kept and not handed out.
        Infected = "infected",
    }
}

impl ScanState {
    /// Whether whoever opens the file should be told that a scanner that is there has not looked into it.
    #[must_use]
    pub const fn is_doubtful(self) -> bool {
        matches!(self, Self::Unscanned | Self::TooLarge)
    }
}
