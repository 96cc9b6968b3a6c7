//! Payloads encrypted at rest: AES-256-GCM under keys that can be changed while histories under the old ones live on. The form is the one that
//! Temporal's own samples use, so that its tools can be taught to read it.

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use prost::Message;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use temporalio_common::data_converters::{
    PayloadCodec, PayloadConversionError, SerializationContextData,
};
use temporalio_common::protos::temporal::api::common::v1::Payload;

const ENCODING: &[u8] = b"binary/encrypted";
const CIPHER: &[u8] = b"AES-256-GCM";

/// Why the keys of payloads cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CodecFault {
    /// The file cannot be read.
    #[error("cannot read the keys of payloads in `{}`: {source}", path.display())]
    File {
        /// Where it lies.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not a name, a space and 64 hexadecimal digits.
    #[error("line {line} of the keys of payloads is not a name, a space and 64 hexadecimal digits")]
    Line {
        /// Which, from 1.
        line: usize,
    },
    /// There is no key.
    #[error("the file with the keys of payloads holds no key")]
    Empty,
}

/// Keys by name: the first one encrypts, every one decrypts. Printing them shows names only.
#[derive(Clone)]
pub struct Keys {
    first: Arc<str>,
    all: Arc<BTreeMap<Arc<str>, LessSafeKey>>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all.keys()).finish()
    }
}

impl Keys {
    /// Reads a file with one key a line: a name, a space, 64 hexadecimal digits. To change keys, put a new line first and leave the others until
    /// no history needs them any more.
    pub fn read(path: &Path) -> Result<Self, CodecFault> {
        let text = std::fs::read_to_string(path).map_err(|source| CodecFault::File {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text)
    }

    /// The keys of a text, a line each.
    pub fn parse(text: &str) -> Result<Self, CodecFault> {
        let mut first = None;
        let mut all = BTreeMap::new();
        for (n, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = line.split_once(' ').and_then(|(name, digits)| {
                let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(digits.trim().as_bytes());
                let key = UnboundKey::new(&AES_256_GCM, &bytes.ok()?).ok()?;
                Some((Arc::from(name), LessSafeKey::new(key)))
            });
            let Some((name, key)) = key else {
                return Err(CodecFault::Line { line: n });
            };
            first.get_or_insert_with(|| Arc::clone(&name));
            all.insert(name, key);
        }
        let first = first.ok_or(CodecFault::Empty)?;
        let all = Arc::new(all);
        Ok(Self { first, all })
    }

    fn seal(&self, payload: &Payload) -> Result<Payload, PayloadConversionError> {
        let broken = |what: &'static str| PayloadConversionError::EncodingError(what.into());
        let key = self.all.get(&self.first).ok_or_else(|| broken("no key"))?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new()
            .fill(&mut nonce)
            .map_err(|_| broken("no randomness"))?;
        let mut sealed = payload.encode_to_vec();
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(self.first.as_bytes()),
            &mut sealed,
        )
        .map_err(|_| broken("the payload is too long to encrypt"))?;
        let mut data = nonce.to_vec();
        data.append(&mut sealed);
        let metadata = [
            ("encoding", ENCODING),
            ("encryption-cipher", CIPHER),
            ("encryption-key-id", self.first.as_bytes()),
        ];
        Ok(Payload {
            metadata: metadata
                .map(|(name, value)| (name.to_owned(), value.to_vec()))
                .into(),
            data,
            ..Payload::default()
        })
    }

    fn unseal(&self, payload: Payload) -> Result<Payload, PayloadConversionError> {
        if meta(&payload.metadata, "encoding") != ENCODING {
            // Written before there were keys.
            return Ok(payload);
        }
        let broken = |what: &'static str| PayloadConversionError::EncodingError(what.into());
        let name = meta(&payload.metadata, "encryption-key-id");
        let key = std::str::from_utf8(name)
            .ok()
            .and_then(|name| self.all.get(name));
        let key =
            key.ok_or_else(|| broken("the key that this payload was encrypted with is missing"))?;
        let mut data = payload.data;
        if data.len() < NONCE_LEN {
            return Err(broken("an encrypted payload that is too short"));
        }
        let mut sealed = data.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&data).map_err(|_| broken("a bad nonce"))?;
        let opened = key
            .open_in_place(nonce, Aad::from(name), &mut sealed)
            .map_err(|_| broken("an encrypted payload was changed, or its key is another"))?;
        Payload::decode(&*opened).map_err(|_| broken("an encrypted payload that is none"))
    }
}

fn meta<'a>(metadata: &'a HashMap<String, Vec<u8>>, name: &str) -> &'a [u8] {
    metadata.get(name).map_or(&[], Vec::as_slice)
}

type Coded = BoxFuture<'static, Result<Vec<Payload>, PayloadConversionError>>;

impl PayloadCodec for Keys {
    fn encode(&self, _context: &SerializationContextData, payloads: Vec<Payload>) -> Coded {
        ready(payloads.iter().map(|payload| self.seal(payload)).collect()).boxed()
    }

    fn decode(&self, _context: &SerializationContextData, payloads: Vec<Payload>) -> Coded {
        let opened = payloads.into_iter().map(|payload| self.unseal(payload));
        ready(opened.collect()).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, digit: char) -> String {
        format!("{name} {}\n", digit.to_string().repeat(64))
    }

    fn payload() -> Payload {
        Payload {
            metadata: HashMap::from([("encoding".to_owned(), b"json/plain".to_vec())]),
            data: "\"심전도 패치\"".into(),
            ..Payload::default()
        }
    }

    #[test]
    fn a_payload_is_read_again_also_after_the_keys_were_changed() {
        let old = Keys::parse(&key("2026", 'a')).unwrap();
        let new = Keys::parse(&format!(
            "# newest first\n{}{}",
            key("2027", 'b'),
            key("2026", 'a')
        ))
        .unwrap();
        let sealed = old.seal(&payload()).unwrap();
        assert!(!String::from_utf8_lossy(&sealed.data).contains("심전도"));
        assert_ne!(
            sealed.data,
            old.seal(&payload()).unwrap().data,
            "never twice the same"
        );
        assert_eq!(new.unseal(sealed.clone()).unwrap(), payload());
        assert_eq!(
            new.unseal(new.seal(&payload()).unwrap()).unwrap(),
            payload()
        );
        assert!(
            old.unseal(new.seal(&payload()).unwrap()).is_err(),
            "a key it does not have"
        );
        assert_eq!(
            new.unseal(payload()).unwrap(),
            payload(),
            "from before there were keys"
        );
    }

    #[test]
    fn a_payload_that_was_changed_or_moved_to_another_key_is_refused() {
        let keys = Keys::parse(&format!("{}{}", key("a", '1'), key("b", '2'))).unwrap();
        let sealed = keys.seal(&payload()).unwrap();
        for place in 0..sealed.data.len() {
            let mut changed = sealed.clone();
            changed.data[place] ^= 1;
            assert!(keys.unseal(changed).is_err(), "byte {place}");
        }
        let mut moved = sealed.clone();
        moved
            .metadata
            .insert("encryption-key-id".to_owned(), b"b".to_vec());
        assert!(keys.unseal(moved).is_err());
        let mut short = sealed;
        short.data.truncate(5);
        assert!(keys.unseal(short).is_err());
    }

    #[test]
    fn a_bad_line_is_named_and_keys_are_never_printed() {
        assert!(matches!(
            Keys::parse("# nothing\n\n"),
            Err(CodecFault::Empty)
        ));
        let text = format!("{}second 1234\n", key("first", 'c'));
        assert!(matches!(
            Keys::parse(&text),
            Err(CodecFault::Line { line: 2 })
        ));
        let keys = Keys::parse(&key("first", 'c')).unwrap();
        assert_eq!(format!("{keys:?}"), "[\"first\"]");
    }
}
