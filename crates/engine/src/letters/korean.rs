//! Korean particles follow the last sound of the word before them.

/// The particle of a pair such as `이/가` or `으로/로` that fits after `word`; the first one follows a final consonant.
pub fn particle<'a>(word: &str, pair: &'a str) -> &'a str {
    let Some((after_consonant, after_vowel)) = pair.split_once('/') else {
        return pair;
    };
    let last = word.chars().rev().find(|c| c.is_alphanumeric());
    let end = last.map_or(End::Vowel, end_of);
    match end {
        End::Rieul if after_consonant == "으로" => after_vowel,
        End::Rieul | End::Consonant => after_consonant,
        End::Vowel => after_vowel,
    }
}

/// How a word ends when it is read aloud in Korean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Vowel,
    Rieul,
    Consonant,
}

fn end_of(last: char) -> End {
    match last {
        '가'..='힣' => match (u32::from(last) - u32::from('가')) % 28 {
            0 => End::Vowel,
            8 => End::Rieul,
            _ => End::Consonant,
        },
        // 일, 칠, 팔; 엘, 알
        '1' | '7' | '8' | 'l' | 'L' | 'r' | 'R' => End::Rieul,
        // 영, 삼, 육; 엠, 엔
        '0' | '3' | '6' | 'm' | 'M' | 'n' | 'N' => End::Consonant,
        _ => End::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_particle_follows_the_last_sound_also_of_digits_letters_and_quoted_words() {
        for (word, pair, expected) in [
            ("서류 접수", "이/가", "가"),
            ("사용적합성 평가", "을/를", "를"),
            ("지원 결정", "이/가", "이"),
            ("‘최종 승인’", "은/는", "은"),
            ("서울", "으로/로", "로"),
            ("서울", "과/와", "과"),
            ("3", "이/가", "이"),
            ("2", "이/가", "가"),
            ("1", "으로/로", "로"),
            ("IRB", "이/가", "가"),
            ("PI 선정 (CRN)", "이/가", "이"),
            ("", "이/가", "가"),
            ("무엇", "이", "이"),
        ] {
            assert_eq!(particle(word, pair), expected, "{word}");
        }
    }
}
