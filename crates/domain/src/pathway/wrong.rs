//! What can be wrong with a pathway file, in words that say what to write instead.

use crate::Locale;

/// Declares the kinds of mistake: a stable code, and per language what is wrong and what to write instead.
macro_rules! wrongs {
    ($(
        $(#[$doc:meta])*
        $variant:ident $({ $($field:ident : $type:ty),* $(,)? })? = $code:literal
            en $en:literal help $en_help:literal
            ko $ko:literal help $ko_help:literal;
    )*) => {
        /// A kind of mistake in a pathway file.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Wrong {
            $( $(#[$doc])* $variant $({ $(
                #[doc = "A place in the words."]
                $field: $type
            ),* })?, )*
        }

        impl Wrong {
            /// Every code.
            pub const CODES: &'static [&'static str] = &[$($code),*];

            /// The stable code.
            pub fn code(&self) -> &'static str {
                match self { $( Self::$variant $({ $($field: _),* })? => $code, )* }
            }

            /// What is wrong.
            pub fn message(&self, locale: Locale) -> String {
                match self { $( Self::$variant $({ $($field),* })? => {
                    $($(let _ = $field;)*)?
                    match locale { Locale::En => format!($en), Locale::Ko => format!($ko) }
                } )* }
            }

            /// What to write instead.
            pub fn help(&self, locale: Locale) -> String {
                match self { $( Self::$variant $({ $($field),* })? => {
                    $($(let _ = $field;)*)?
                    match locale { Locale::En => format!($en_help), Locale::Ko => format!($ko_help) }
                } )* }
            }
        }
    };
}

wrongs! {
    /// More bytes than a pathway needs.
    TooLarge { bytes: usize, max: usize } = "too-large"
        en "the file has {bytes} bytes; at most {max} are allowed" help "shorten the texts, or make two pathways of it"
        ko "파일 크기가 {bytes}바이트입니다. 최대 {max}바이트까지 쓸 수 있습니다" help "글을 줄이거나 경로를 두 개로 나누세요";
    /// Not UTF-8.
    NotText = "not-text"
        en "the file is not UTF-8 text" help "save the file as UTF-8 in your editor"
        ko "파일이 UTF-8 텍스트가 아닙니다" help "편집기에서 UTF-8로 저장하세요";
    /// Not TOML.
    Syntax { found: String } = "syntax"
        en "this is not TOML: {found}" help "write `key = value`, texts in double quotes, and `[[stages]]` above every stage"
        ko "TOML 문법에 맞지 않습니다: {found}" help "`키 = 값` 꼴로 쓰고, 글은 큰따옴표로 감싸고, 단계마다 위에 `[[stages]]`를 쓰세요";
    /// A key nobody reads.
    UnknownKey { key: String, known: Nearest } = "unknown-key"
        en "`{key}` is not a key that is read here" help "{known}"
        ko "여기에서는 `{key}` 키를 쓰지 않습니다" help "{known:#}";
    /// A key that has to be there.
    MissingKey { key: String, example: String } = "missing-key"
        en "the key `{key}` is missing" help "add `{key} = {example}`"
        ko "`{key}` 키가 없습니다" help "다음을 추가하세요: `{key} = {example}`";
    /// One of the two languages is not there.
    MissingLanguage { key: String } = "missing-language"
        en "the text for `{key}` is missing; every text is given in English (`en`) and Korean (`ko`)" help "add `{key} = \"…\"`"
        ko "`{key}` 글이 없습니다. 모든 글은 영어(`en`)와 한국어(`ko`)로 써야 합니다" help "다음을 추가하세요: `{key} = \"…\"`";
    /// A value of another type.
    WrongType { found: TypeWord, expected: TypeWord, example: String } = "wrong-type"
        en "expected {expected}, found {found}" help "write it like this: `{example}`"
        ko "값의 종류가 다릅니다. 있어야 할 것: {expected:#}, 쓰인 것: {found:#}" help "이렇게 쓰세요: `{example}`";
    /// A word that is not on the list.
    UnknownWord { word: String, known: Nearest } = "unknown-word"
        en "`{word}` is not one of the words that can stand here" help "{known}"
        ko "`{word}`: 여기에 쓸 수 있는 말이 아닙니다" help "{known:#}";
    /// A name with characters that names do not have.
    BadName { name: String } = "bad-name"
        en "`{name}` cannot be a name" help "use 1 to 64 lower-case letters, digits, `-` and `_`, beginning with a letter"
        ko "`{name}`: 이름으로 쓸 수 없습니다" help "영어 소문자로 시작하여 소문자, 숫자, `-`, `_`만 1~64자로 쓰세요";
    /// Nothing but white space.
    EmptyText = "empty-text"
        en "the text is empty" help "write what people should read here"
        ko "글이 비어 있습니다" help "사용자가 읽을 내용을 쓰세요";
    /// Too many characters.
    LongText { found: usize, max: usize } = "long-text"
        en "the text has {found} characters; at most {max} are allowed" help "shorten it to {max} characters"
        ko "글이 {found}자입니다. 최대 {max}자까지 쓸 수 있습니다" help "{max}자 이내로 줄이세요";
    /// A control character.
    ForbiddenCharacter { code: u32 } = "forbidden-character"
        en "the text has the invisible character U+{code:04X}" help "delete that character; retyping the word usually does it"
        ko "글에 보이지 않는 문자 U+{code:04X}가 들어 있습니다" help "그 문자를 지우세요. 단어를 다시 입력하면 대부분 해결됩니다";
    /// Not a date.
    BadDate { found: String } = "bad-date"
        en "`{found}` is not a date" help "write a year, a month or a day: `\"2024\"`, `\"2024-04\"` or `\"2024-04-01\"`"
        ko "`{found}`: 날짜가 아닙니다" help "연, 월, 일 가운데 하나로 쓰세요: `\"2024\"`, `\"2024-04\"`, `\"2024-04-01\"`";
    /// A list without elements.
    EmptyList { key: String } = "empty-list"
        en "the list `{key}` is empty" help "add at least one element, or remove what it belongs to"
        ko "`{key}` 목록이 비어 있습니다" help "하나 이상 넣거나, 이 목록이 딸린 항목을 지우세요";
    /// Too many elements.
    LongList { key: String, found: usize, max: usize } = "long-list"
        en "`{key}` has {found} elements; at most {max} are allowed" help "keep {max}, or divide it"
        ko "`{key}` 목록에 {found}개가 있습니다. 최대 {max}개까지 쓸 수 있습니다" help "{max}개까지만 남기거나 나누세요";
    /// A number outside its bounds.
    OutOfRange { found: String, min: i64, max: i64 } = "out-of-range"
        en "{found} is not a number from {min} to {max}" help "write a whole number from {min} to {max}"
        ko "{found}: 여기에 쓸 수 없는 수입니다" help "{min} 이상 {max} 이하의 정수를 쓰세요";
    /// The same name twice.
    Duplicate { name: String, line: u32 } = "duplicate"
        en "`{name}` is already used on line {line}" help "give it another name, or delete one of the two"
        ko "`{name}`: {line}번째 줄에서 이미 쓴 이름입니다" help "다른 이름을 쓰거나 둘 가운데 하나를 지우세요";
    /// A smallest above the largest.
    MinOverMax { min: i64, max: i64 } = "min-over-max"
        en "the smallest, {min}, is larger than the largest, {max}" help "exchange the two, or correct one of them"
        ko "최솟값({min})이 최댓값({max})보다 큽니다" help "두 값을 바꾸거나 하나를 고치세요";
    /// `needs` names no stage.
    UnknownStage { name: String, known: Nearest } = "unknown-stage"
        en "there is no stage `{name}`" help "{known}"
        ko "`{name}` 단계가 없습니다" help "{known:#}";
    /// Stages wait for one another.
    Cycle { path: String } = "cycle"
        en "these stages wait for one another, so none of them can open: {path}" help "remove one of these from the other's `needs`"
        ko "단계들이 서로를 기다려서 어느 것도 열리지 않습니다: {path}" help "`needs`에서 이 가운데 하나를 지우세요";
    /// It waits for a stage that cannot open.
    BehindCycle { stage: String, need: String } = "unreachable"
        en "stage `{stage}` can never open, because `{need}` never does" help "resolve the circle that `{need}` is part of or waits for"
        ko "`{need}` 단계가 열리지 않으므로 `{stage}` 단계도 열리지 않습니다" help "`{need}` 단계가 들어 있거나 기다리는 순환을 푸세요";
    /// Nothing waits for it although the case goes on.
    DeadEnd { stage: String, last: String } = "dead-end"
        en "no stage needs `{stage}`, so its result leads nowhere" help "add `\"{stage}\"` to the `needs` of a later stage, such as `{last}`"
        ko "`{stage}` 단계를 기다리는 단계가 없어 결과가 어디에도 이어지지 않습니다" help "뒤의 단계(예: `{last}`)의 `needs` 목록에 `\"{stage}\"` 단계를 추가하세요";
    /// A condition names a field that does not exist.
    UnknownField { name: String, known: Nearest } = "unknown-field"
        en "there is no field `{name}`" help "{known}"
        ko "`{name}` 항목이 없습니다" help "{known:#}";
    /// A condition looks at a stage that may not be over.
    NotBefore { name: String, stage: String } = "not-before"
        en "`{name}` may not be answered yet when this is looked at" help "add `\"{stage}\"` to `needs`, here or in a stage this one needs"
        ko "이 조건을 볼 때 `{name}` 항목의 답이 아직 없을 수 있습니다" help "여기 또는 앞 단계의 `needs` 목록에 `\"{stage}\"` 단계를 추가하세요";
    /// A field's condition looks at a field that is asked later.
    LaterField { name: String } = "later-field"
        en "`{name}` is not asked before this field" help "move `{name}` above this field, or look at another one"
        ko "`{name}` 항목은 이 항목보다 먼저 묻지 않습니다" help "`{name}` 항목을 이 항목 위로 옮기거나 다른 항목을 보세요";
    /// A stage's condition without a stage name.
    BareField { name: String } = "bare-field"
        en "`{name}` does not say which stage it belongs to" help "write `stage.{name}`; only fields of the same form go without the stage"
        ko "`{name}` 항목이 어느 단계의 것인지 알 수 없습니다" help "`단계.{name}`처럼 쓰세요. 같은 양식의 항목만 단계 이름을 뺄 수 있습니다";
    /// A comparison the field's type does not have.
    BadComparison { name: String, type_word: String, possible: String } = "bad-comparison"
        en "`{name}` is a field of type `{type_word}` and cannot be compared like this" help "for this type write {possible}"
        ko "`{name}` 항목의 종류는 `{type_word}`이므로 이렇게 비교할 수 없습니다" help "이 종류에는 다음과 같이 쓰세요: {possible}";
    /// An option that the choice does not have.
    UnknownOption { option: String, name: String, known: Nearest } = "unknown-option"
        en "`{name}` has no option `{option}`" help "{known}"
        ko "`{name}` 항목에 `{option}` 보기가 없습니다" help "{known:#}";
    /// A condition that contradicts itself.
    NeverTrue { name: String } = "never-true"
        en "this can never hold: `{name}` would need two answers at once" help "use `any` in place of `all`, or remove one of the two"
        ko "`{name}` 항목에 두 가지 답이 동시에 필요하므로 성립할 수 없는 조건입니다" help "`all` 대신 `any`를 쓰거나 하나를 지우세요";
    /// A condition that is none of the known forms.
    BadCondition = "bad-condition"
        en "this is not a condition" help "write one of `{{ field = \"stage.field\", equals = … }}` (or `in`, `at_least`, `answered`, `on_or_before`, `on_or_after`), `{{ all = […] }}`, `{{ any = […] }}`, `{{ not = {{…}} }}`"
        ko "조건의 꼴이 아닙니다" help "다음 가운데 하나로 쓰세요: `{{ field = \"단계.항목\", equals = … }}`(또는 `in`, `at_least`, `answered`, `on_or_before`, `on_or_after`), `{{ all = […] }}`, `{{ any = […] }}`, `{{ not = {{…}} }}`";
    /// Conditions in conditions in conditions.
    TooDeep { max: usize } = "too-deep"
        en "conditions are nested more than {max} deep" help "ask for the outcome in a yes-or-no field, and look at that field here"
        ko "조건이 {max}단계보다 깊게 겹쳐 있습니다" help "결론을 예/아니요 항목으로 묻고 여기에서는 그 항목을 보세요";
    /// `today` where nobody knows it.
    NoToday = "no-today"
        en "`today` can only be used in the `rules` of a form" help "compare with the date of a field, or make it a rule"
        ko "`today`는 양식의 `rules`에서만 쓸 수 있습니다" help "날짜 항목과 비교하거나 규칙으로 옮기세요";
    /// A role of the wrong kind of organization.
    WrongRole { role: String, known: Nearest } = "wrong-role"
        en "the role `{role}` cannot do this" help "{known}"
        ko "`{role}` 역할은 이 일을 맡을 수 없습니다" help "{known:#}";
    /// More approvals than seats, or none.
    ApprovalsNeeded { found: i64, seats: usize } = "approvals-needed"
        en "{found} approvals cannot be needed from {seats} seats" help "write a number from 1 to {seats}, or add seats"
        ko "자리가 {seats}개일 때 승인 {found}건을 요구할 수 없습니다" help "1 이상 {seats} 이하로 쓰거나 자리를 추가하세요";
    /// Sending back where there is nothing to fill.
    SendBackNotForm { stage: String, kind: String } = "send-back-not-form"
        en "`{stage}` is of kind `{kind}`; a case can only be sent back to a form" help "name a form that comes before this stage"
        ko "`{stage}` 단계의 종류는 `{kind}`입니다. 양식 단계로만 돌려보낼 수 있습니다" help "이 단계보다 앞에 있는 양식 단계를 쓰세요";
    /// Sending back to something later.
    SendBackNotBefore { stage: String } = "send-back-not-before"
        en "`{stage}` does not come before this stage" help "name a form that this stage needs, directly or through others"
        ko "`{stage}` 단계는 이 단계보다 앞에 있지 않습니다" help "이 단계가 (직접 또는 거쳐서) 기다리는 양식 단계를 쓰세요";
    /// A calendar nobody has.
    UnknownCalendar { name: String, known: Nearest } = "unknown-calendar"
        en "there is no calendar `{name}`" help "{known}"
        ko "`{name}` 달력이 없습니다" help "{known:#}";
    /// A questionnaire nobody has.
    UnknownQuestionnaire { name: String, known: Nearest } = "unknown-questionnaire"
        en "there is no questionnaire `{name}`" help "{known}"
        ko "`{name}` 설문지가 없습니다" help "{known:#}";
    /// A reminder before the stage opens.
    ReminderTooEarly { days: i64, due: u16 } = "reminder-too-early"
        en "a reminder {days} days before the due day comes before the stage opens: it is due after {due}" help "write fewer days than {due}"
        ko "마감 {days}일 전 알림은 단계가 열리기 전이 됩니다(기한 {due}일)" help "{due}보다 작은 수를 쓰세요";
    /// A reminder after the round has closed.
    RemindAfterClose { days: i64, open: u16 } = "remind-after-close"
        en "a reminder after {days} days comes when the round, open for {open}, is already closed" help "write fewer days than {open}"
        ko "회차는 {open}일 동안 열려 있으므로 {days}일 뒤의 알림은 마감 뒤가 됩니다" help "{open}보다 작은 수를 쓰세요";
    /// Neither one kind of days nor the other, or both.
    BadDays = "bad-days"
        en "say one of `working_days` and `calendar_days`" help "write `{{ working_days = 10 }}` or `{{ calendar_days = 30 }}`"
        ko "`working_days`와 `calendar_days` 가운데 하나만 써야 합니다" help "`{{ working_days = 10 }}` 또는 `{{ calendar_days = 30 }}`이라고 쓰세요";
    /// A reminder without a due day.
    NoDueDay { key: String } = "no-due-day"
        en "`{key}` counts from the due day, but the stage has none" help "add `due = {{ working_days = 10 }}`, or remove `{key}`"
        ko "`{key}` 항목은 마감일을 기준으로 하는데 이 단계에는 마감일이 없습니다" help "`due = {{ working_days = 10 }}` 줄을 추가하거나 `{key}` 항목을 지우세요";
    /// A round that would never show its results.
    NeverShown { threshold: i64, answers: i64 } = "never-shown"
        en "results are shown from {threshold} answers, but the round can close with {answers}" help "let `answers_needed` be at least {threshold}"
        ko "결과는 답변 {threshold}건부터 보이는데 {answers}건으로 회차를 마칠 수 있습니다" help "`answers_needed` 값을 {threshold} 이상으로 쓰세요";
    /// More problems than anyone reads at once.
    TooMany { more: usize } = "too-many"
        en "there are {more} more problems" help "correct the ones above first"
        ko "문제가 {more}건 더 있습니다" help "위의 문제부터 고치세요";
}

/// The type of a TOML value, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TypeWord {
    /// A text in quotes.
    Text,
    /// A whole number.
    Number,
    /// A number with a fraction.
    Fraction,
    /// `true` or `false`.
    YesNo,
    /// A date.
    Date,
    /// A list.
    List,
    /// A table.
    Table,
    /// A table with `en` and `ko`.
    Words,
    /// A text, a whole number, `true` or `false`.
    Answer,
}

impl std::fmt::Display for TypeWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (en, ko) = match self {
            Self::Text => ("a text in quotes", "따옴표로 감싼 글"),
            Self::Number => ("a whole number", "정수"),
            Self::Fraction => ("a number with a fraction", "소수"),
            Self::YesNo => ("`true` or `false`", "`true` 또는 `false`"),
            Self::Date => ("a date", "날짜"),
            Self::List => ("a list in `[ ]`", "`[ ]` 목록"),
            Self::Table => ("a table of keys in `{ }`", "`{ }` 안의 키 묶음"),
            Self::Words => ("a text in both languages", "두 언어로 쓴 글"),
            Self::Answer => (
                "a text, a whole number, `true` or `false`",
                "글, 정수, `true`, `false` 가운데 하나",
            ),
        };
        f.write_str(if f.alternate() { ko } else { en })
    }
}

/// The names that could have been meant; printed in English, or in Korean with `{:#}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nearest {
    one: Option<String>,
    all: Vec<String>,
    more: usize,
}

impl Nearest {
    /// The name of `known` that looks most like `found`, and the others, up to a dozen.
    pub fn of<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all: Vec<String> = known.into_iter().map(str::to_owned).collect();
        let found: String = found.chars().take(64).collect();
        let allowed = (found.chars().count() / 3).max(2);
        let one = all
            .iter()
            .map(|name| (distance(&found, name), name))
            .filter(|(distance, _)| *distance <= allowed)
            .min()
            .map(|(_, name)| name.clone());
        let more = all.len().saturating_sub(12);
        all.truncate(12);
        Self { one, all, more }
    }
}

impl std::fmt::Display for Nearest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let korean = f.alternate();
        let listed: Vec<String> = self.all.iter().map(|name| format!("`{name}`")).collect();
        let listed = listed.join(", ");
        let dots = if self.more == 0 { "" } else { ", …" };
        match (&self.one, self.all.is_empty(), korean) {
            (Some(one), _, false) => write!(f, "write `{one}`"),
            (Some(one), _, true) => write!(f, "이렇게 쓰세요: `{one}`"),
            (None, true, false) => f.write_str("remove it"),
            (None, true, true) => f.write_str("지우세요"),
            (None, false, false) => write!(f, "write one of {listed}{dots}"),
            (None, false, true) => write!(f, "다음 가운데 하나를 쓰세요: {listed}{dots}"),
        }
    }
}

/// How many single-character changes lead from one to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut next = vec![i + 1];
        let mut left = i + 1;
        for (b, (above_left, above)) in to.iter().zip(row.iter().zip(row.iter().skip(1))) {
            left = (above_left + usize::from(a != *b))
                .min(above + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_only_when_it_is_near() {
        let known = ["intake", "triage", "matching"];
        assert_eq!(Nearest::of("triag", known).to_string(), "write `triage`");
        assert_eq!(
            format!("{:#}", Nearest::of("report", known)),
            "다음 가운데 하나를 쓰세요: `intake`, `triage`, `matching`"
        );
        assert_eq!(Nearest::of("x", []).to_string(), "remove it");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
