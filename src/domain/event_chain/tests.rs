//! Tests of the hash chain.

use super::*;
use chrono::TimeZone;
use proptest::prelude::*;

const REQUEST: &str = "0199a0b0-0000-7000-8000-000000000001";

/// (at in microseconds, kind, actor id, data, ciphertext)
type Draft = (i64, String, Option<String>, String, Option<Vec<u8>>);

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let draft = (
        0..4_000_000_000_000_000_i64,
        "[a-z_]{0,8}",
        proptest::option::of("[a-z0-9]{0,6}"),
        "[ -~]{0,12}",
        proptest::option::of(proptest::collection::vec(any::<u8>(), 0..24)),
    );
    proptest::collection::vec(draft, 2..7)
}

fn build(drafts: &[Draft]) -> Vec<Link> {
    let mut previous = genesis(REQUEST);
    let mut chain = Vec::new();
    for (seq, (at, kind, actor_id, data, ciphertext)) in (FIRST_SEQ..).zip(drafts) {
        let header = EventHeader {
            request_id: REQUEST.to_owned(),
            seq,
            at: Utc.timestamp_micros(*at).unwrap(),
            kind: kind.clone(),
            actor_kind: "staff".to_owned(),
            actor_id: actor_id.clone(),
            data: data.clone(),
        };
        previous = hash(&previous, &header, ciphertext.as_deref());
        chain.push(Link {
            header,
            ciphertext: ciphertext.clone(),
            ciphertext_digest: ciphertext.as_deref().map(|bytes| digest(bytes).to_vec()),
            hash: previous.to_vec(),
        });
    }
    chain
}

fn sample() -> Vec<Link> {
    build(&[
        (0, "received".into(), None, "{}".into(), Some(vec![1, 2, 3])),
        (1_000_000, "verified".into(), Some("m1".into()), r#"{"method":"records"}"#.into(), None),
        (2_000_000, "answered".into(), Some("m2".into()), "{}".into(), Some(vec![])),
    ])
}

fn head_of(chain: &[Link]) -> Head {
    let last = chain.last().unwrap();
    Head { seq: last.header.seq, hash: last.hash.clone() }
}

fn damage(chain: &[Link], head: Option<&Head>) -> (i64, Damage) {
    let broken = verify(REQUEST, chain, head).unwrap_err();
    (broken.seq, broken.damage)
}

/// Every way to touch one link without counting it anew.
fn mutations(link: &Link) -> Vec<Link> {
    let with = |change: &dyn Fn(&mut Link)| {
        let mut changed = link.clone();
        change(&mut changed);
        changed
    };
    let mut all = vec![
        with(&|link| link.header.request_id.push('x')),
        with(&|link| link.header.seq += 1),
        with(&|link| link.header.seq -= 1),
        with(&|link| link.header.at += chrono::TimeDelta::microseconds(1)),
        with(&|link| link.header.kind.push('x')),
        with(&|link| link.header.actor_kind.push('x')),
        with(&|link| link.header.data.push(' ')),
        with(&|link| {
            link.header.actor_id = if link.header.actor_id.is_some() { None } else { Some(String::new()) };
        }),
        with(&|link| link.hash[7] ^= 1),
        with(&|link| link.hash.clear()),
        with(&|link| link.hash.push(0)),
        with(&|link| {
            // A character moves over the border of two fields.
            let kind = std::mem::take(&mut link.header.kind);
            link.header.kind = format!("{kind}s");
            link.header.actor_kind = "taff".to_owned();
        }),
    ];
    if link.ciphertext.is_some() {
        all.push(with(&|link| link.ciphertext.as_mut().unwrap().push(0)));
        all.push(with(&|link| link.ciphertext_digest.as_mut().unwrap()[0] ^= 1));
        all.push(with(&|link| link.ciphertext_digest.as_mut().unwrap().truncate(31)));
        all.push(with(&|link| {
            link.ciphertext = None;
            link.ciphertext_digest = None;
        }));
    } else {
        all.push(with(&|link| link.ciphertext = Some(Vec::new())));
        all.push(with(&|link| link.ciphertext_digest = Some(vec![0; 32])));
    }
    all
}

proptest! {
    #[test]
    fn an_untouched_chain_verifies_with_and_without_its_head(drafts in drafts()) {
        let chain = build(&drafts);
        prop_assert_eq!(verify(REQUEST, &chain, None), Ok(()));
        prop_assert_eq!(verify(REQUEST, &chain, Some(&head_of(&chain))), Ok(()));
    }

    #[test]
    fn any_change_of_any_field_of_any_link_is_found_at_that_link(drafts in drafts()) {
        let chain = build(&drafts);
        for (index, link) in chain.iter().enumerate() {
            for changed in mutations(link) {
                let mut damaged = chain.clone();
                damaged[index] = changed;
                prop_assert_eq!(verify(REQUEST, &damaged, None).unwrap_err().seq, link.header.seq);
            }
        }
    }

    #[test]
    fn the_removal_of_any_link_is_found_at_its_place(drafts in drafts()) {
        let chain = build(&drafts);
        let head = head_of(&chain);
        for index in 0..chain.len() {
            let mut damaged = chain.clone();
            let removed = damaged.remove(index);
            prop_assert_eq!(damage(&damaged, Some(&head)), (removed.header.seq, Damage::Removed));
        }
    }

    #[test]
    fn a_removal_that_numbers_the_rest_anew_is_found_too(drafts in drafts()) {
        let chain = build(&drafts);
        for index in 0..chain.len() - 1 {
            let mut damaged = chain.clone();
            damaged.remove(index);
            for (seq, link) in (FIRST_SEQ..).zip(&mut damaged) {
                link.header.seq = seq;
            }
            prop_assert!(verify(REQUEST, &damaged, None).is_err());
        }
    }

    #[test]
    fn any_swap_of_two_links_is_found_whether_or_not_they_keep_their_numbers(drafts in drafts()) {
        let chain = build(&drafts);
        for first in 0..chain.len() {
            for second in first + 1..chain.len() {
                let mut damaged = chain.clone();
                damaged.swap(first, second);
                prop_assert_eq!(damage(&damaged, None), (chain[first].header.seq, Damage::Reordered));
                damaged[first].header.seq = chain[first].header.seq;
                damaged[second].header.seq = chain[second].header.seq;
                prop_assert_eq!(damage(&damaged, None), (chain[first].header.seq, Damage::Reordered));
            }
        }
    }

    #[test]
    fn a_chain_still_verifies_after_any_ciphertexts_are_destroyed(drafts in drafts(), mask in any::<u8>()) {
        let mut chain = build(&drafts);
        let mut gone = Vec::new();
        for (index, link) in chain.iter_mut().enumerate() {
            if mask & (1 << index) != 0 && link.ciphertext.take().is_some() {
                gone.push(link.header.seq);
            }
        }
        prop_assert_eq!(verify(REQUEST, &chain, Some(&head_of(&chain))), Ok(()));
        prop_assert_eq!(without_ciphertext(&chain), gone);
    }
}

#[test]
fn a_cut_tail_an_added_event_and_a_chain_counted_anew_are_found_by_the_head() {
    let chain = sample();
    let head = head_of(&chain);
    assert_eq!(damage(&chain[..1], Some(&head)), (2, Damage::Removed));
    assert_eq!(damage(&[], Some(&head)), (1, Damage::Removed));
    assert_eq!(damage(&chain, Some(&head_of(&chain[..2]))), (3, Damage::Added));
    let other = build(&[
        (0, "received".into(), None, "{}".into(), None),
        (1, "noted".into(), None, "{}".into(), None),
        (2, "answered".into(), None, "{}".into(), None),
    ]);
    assert_eq!(verify(REQUEST, &other, None), Ok(()));
    assert_eq!(damage(&other, Some(&head)), (3, Damage::Changed));
}

#[test]
fn a_doubled_event_and_the_event_of_another_request_are_called_what_they_are() {
    let mut chain = sample();
    chain.insert(1, chain[0].clone());
    assert_eq!(damage(&chain, None), (2, Damage::Added));
    let mut chain = sample();
    chain[1].header.request_id = "another".to_owned();
    assert_eq!(damage(&chain, None), (2, Damage::Foreign));
    assert_eq!(verify("another", &sample(), None), Err(ChainBreak { seq: 1, damage: Damage::Foreign }));
    assert_eq!(ChainBreak { seq: 2, damage: Damage::Foreign }.to_string(), "event 2 was foreign");
}

#[test]
fn what_lies_below_a_microsecond_does_not_count() {
    let mut chain = sample();
    chain[0].header.at += chrono::TimeDelta::nanoseconds(999);
    assert_eq!(verify(REQUEST, &chain, None), Ok(()));
}

#[test]
fn wild_numbers_and_instants_break_the_chain_without_a_panic() {
    for seq in [i64::MIN, -1, 0, i64::MAX] {
        let mut chain = sample();
        chain[0].header.seq = seq;
        chain[1].header.at = DateTime::<Utc>::MAX_UTC;
        assert!(verify(REQUEST, &chain, Some(&Head { seq, hash: Vec::new() })).is_err());
    }
    assert_eq!(verify(REQUEST, &[], None), Ok(()));
    assert!(verify(REQUEST, &[], Some(&Head { seq: i64::MIN, hash: Vec::new() })).is_err());
}

#[test]
fn the_encoding_is_the_documented_one_to_the_byte() {
    let text = |text: &str| [&(text.len() as u64).to_be_bytes()[..], text.as_bytes()].concat();
    let link = &sample()[0];
    let first = [text(GENESIS_DOMAIN), text(REQUEST)].concat();
    let header = [
        text("otinish.event.v1"),
        text(REQUEST),
        vec![0, 0, 0, 0, 0, 0, 0, 1],
        vec![0; 8],
        text("received"),
        text("staff"),
        vec![0],
        text("{}"),
    ];
    let whole = [&Sha256::digest(first)[..], &header.concat(), &Sha256::digest([1, 2, 3])[..]].concat();
    assert_eq!(link.hash, Sha256::digest(whole).to_vec());
}
