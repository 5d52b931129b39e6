//! A program and its maker's key server, with everything that can go wrong between them.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use shield_core::{Answer, Asking, ContentKey, Error, Question, answer, verifying_key};

const PRODUCT: [u8; 16] = [1; 16];
const PAYLOAD: [u8; 16] = [2; 16];
const SEED: [u8; 32] = [3; 32];
const KEY: [u8; 32] = [4; 32];

fn asked() -> Question {
    Question::new(Asking {
        product: &PRODUCT,
        payload: &PAYLOAD,
        machine: Some([5; 32]),
        user: None,
    })
    .unwrap()
}

fn given(question: &Question) -> String {
    answer(question.text(), &PRODUCT, Ok(&ContentKey::new(KEY)), &SEED).unwrap()
}

fn publisher() -> [u8; 32] {
    verifying_key(&SEED).unwrap()
}

fn key(answered: Result<Answer, Error>) -> Option<[u8; 32]> {
    match answered {
        Ok(Answer::Key(key)) => Some(*key.bytes()),
        _ => None,
    }
}

#[test]
fn the_key_comes_back_and_is_not_to_be_seen_on_the_way() {
    let question = asked();
    let text = given(&question);
    let digits: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!text.contains(&digits));
    assert_eq!(
        key(question.answered(text.as_bytes(), &publisher())),
        Some(KEY)
    );
}

#[test]
fn an_answer_answers_its_own_question_alone() {
    let (first, second) = (asked(), asked());
    assert_ne!(first.text(), second.text());
    let text = given(&first);
    assert!(second.answered(text.as_bytes(), &publisher()).is_err());
}

#[test]
fn another_publishers_answer_is_refused() {
    let question = asked();
    let key = ContentKey::new(KEY);
    let text = answer(question.text(), &PRODUCT, Ok(&key), &[9; 32]).unwrap();
    let answered = question.answered(text.as_bytes(), &publisher());
    assert!(matches!(answered, Err(Error::Server(_))));
}

#[test]
fn a_refusal_is_signed_too_and_one_line() {
    let question = asked();
    let said = answer(
        question.text(),
        &PRODUCT,
        Err("your time\nis \u{1b}[1mover"),
        &SEED,
    )
    .unwrap();
    match question.answered(said.as_bytes(), &publisher()).unwrap() {
        Answer::Refused(text) => assert_eq!(text, "your time is  [1mover"),
        Answer::Key(_) => panic!("a key"),
    }
}

#[test]
fn a_server_answers_no_other_products_questions() {
    let key = ContentKey::new(KEY);
    for text in [
        "",
        "{}",
        "[1]",
        "{\"format\":1}",
        &asked().text().replace("0101", "0102"),
    ] {
        assert!(answer(text, &PRODUCT, Ok(&key), &SEED).is_err(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(64)
    ))]

    #[test]
    fn a_changed_answer_gives_no_other_key(at in 0_usize..1_000, bit in 0_u8..8) {
        let question = asked();
        let mut text = given(&question).into_bytes();
        let at = at % text.len();
        text[at] ^= 1 << bit;
        let found = key(question.answered(&text, &publisher()));
        prop_assert!(found.is_none_or(|found| found == KEY));
    }

    #[test]
    fn bytes_of_any_kind_are_no_answer(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        prop_assert!(asked().answered(&bytes, &publisher()).is_err());
    }
}
