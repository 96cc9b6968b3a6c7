//! Links in letters: derived from what they open and a key, never stored, so that a stolen database opens nothing.
//!
//! A link opens a page; what the page does is a command with its own rules (expiry, one answer a person), so nothing is decided here.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use naru_domain::{
    AccountId, CandidateId, CaseId, FeedbackRoundId, InvitationId, SignInLinkId, TypedId,
};
use sha2::Sha256;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What a link in a letter opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The answer page of a feedback round.
    Feedback {
        /// The round.
        round: FeedbackRoundId,
        /// The invitation.
        invitation: InvitationId,
    },
    /// The page on which a proposed PI or clinician accepts or declines.
    Match {
        /// The case.
        case: CaseId,
        /// The person's place in the stage.
        candidate: CandidateId,
    },
    /// The page on which a person signs in to the console.
    SignIn {
        /// The person.
        account: AccountId,
        /// The link.
        link: SignInLinkId,
    },
}

/// Why the key of links cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LinkKeyFault {
    /// The file cannot be read or written.
    #[error("cannot use the link key `{path}`")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file does not hold 32 bytes.
    #[error(
        "the link key `{0}` does not hold 32 bytes; restore it from a backup, or remove it to make a new one, which ends every link already sent"
    )]
    Damaged(PathBuf),
}

/// The key that signs links; 32 random bytes in `keys/link.key` of the data folder.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

const PURPOSE: &[u8] = b"naru link 1";
const TAG_LENGTH: usize = 16;
const FEEDBACK: u8 = 1;
const MATCH: u8 = 2;
const SIGN_IN: u8 = 3;

impl LinkKey {
    /// The key made of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key in `keys/link.key` of the data folder; made at the first start, readable by its owner only.
    pub fn open(data_folder: &Path) -> Result<Self, LinkKeyFault> {
        let folder = data_folder.join("keys");
        let path = folder.join("link.key");
        let fault = |source| LinkKeyFault::File {
            path: path.clone(),
            source,
        };
        match std::fs::read(&path) {
            Ok(bytes) => <[u8; 32]>::try_from(bytes.as_slice())
                .map(Self)
                .map_err(|_| LinkKeyFault::Damaged(path.clone())),
            Err(problem) if problem.kind() == io::ErrorKind::NotFound => {
                let key: [u8; 32] = rand::random();
                create(&folder, &path, &key).map_err(fault)?;
                Ok(Self(key))
            }
            Err(problem) => Err(fault(problem)),
        }
    }

    /// The text of the link, safe in an address.
    pub fn sign(&self, link: Link) -> String {
        let (kind, first, second) = match link {
            Link::Feedback { round, invitation } => (FEEDBACK, round.uuid(), invitation.uuid()),
            Link::Match { case, candidate } => (MATCH, case.uuid(), candidate.uuid()),
            Link::SignIn { account, link } => (SIGN_IN, account.uuid(), link.uuid()),
        };
        let mut token = vec![kind];
        token.extend_from_slice(first.as_bytes());
        token.extend_from_slice(second.as_bytes());
        let tag = self.mac(&token).finalize().into_bytes();
        token.extend(tag.iter().take(TAG_LENGTH));
        BASE64URL_NOPAD.encode(&token)
    }

    /// What `text` opens, if this key signed it; takes the same time whichever byte of the signature is wrong.
    pub fn verify(&self, text: &str) -> Option<Link> {
        let token = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (body, tag) = token.split_at_checked(1 + 16 + 16)?;
        if tag.len() != TAG_LENGTH {
            return None;
        }
        self.mac(body).verify_truncated_left(tag).ok()?;
        let (kind, ids) = body.split_first()?;
        let (first, second) = ids.split_at_checked(16)?;
        let first = Uuid::from_slice(first).ok()?;
        let second = Uuid::from_slice(second).ok()?;
        match *kind {
            FEEDBACK => Some(Link::Feedback {
                round: FeedbackRoundId::from_uuid(first),
                invitation: InvitationId::from_uuid(second),
            }),
            MATCH => Some(Link::Match {
                case: CaseId::from_uuid(first),
                candidate: CandidateId::from_uuid(second),
            }),
            SIGN_IN => Some(Link::SignIn {
                account: AccountId::from_uuid(first),
                link: SignInLinkId::from_uuid(second),
            }),
            _ => None,
        }
    }

    fn mac(&self, body: &[u8]) -> Hmac<Sha256> {
        // HMAC fills a key up with zeros to the length of one block.
        let mut block = [0_u8; 64];
        for (to, from) in block.iter_mut().zip(self.0) {
            *to = from;
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(PURPOSE);
        mac.update(body);
        mac
    }
}

/// Writes the key beside its place first, so that a crash leaves either no key or a whole one.
fn create(folder: &Path, path: &Path, key: &[u8; 32]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let draft = folder.join("link.key.new");
    match std::fs::remove_file(&draft) {
        Ok(()) => {}
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => {}
        Err(problem) => return Err(problem),
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(key)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feedback() -> Link {
        Link::Feedback {
            round: FeedbackRoundId::from_uuid(Uuid::from_u128(7)),
            invitation: InvitationId::from_uuid(Uuid::from_u128(8)),
        }
    }

    #[test]
    fn a_link_signed_by_the_key_opens_what_it_was_signed_for() {
        let key = LinkKey::from_bytes([3; 32]);
        let case = Link::Match {
            case: CaseId::from_uuid(Uuid::from_u128(1)),
            candidate: CandidateId::from_uuid(Uuid::from_u128(2)),
        };
        let sign_in = Link::SignIn {
            account: AccountId::from_uuid(Uuid::from_u128(3)),
            link: SignInLinkId::from_uuid(Uuid::from_u128(4)),
        };
        for link in [feedback(), case, sign_in] {
            let text = key.sign(link);
            assert_eq!(key.verify(&text), Some(link));
            assert!(
                text.ends_with(|c: char| c.is_ascii_alphanumeric()),
                "a mail reader must not cut off `{text}`"
            );
        }
    }

    #[test]
    fn a_link_with_any_bit_changed_or_any_length_opens_nothing() {
        let key = LinkKey::from_bytes([3; 32]);
        let text = key.sign(feedback());
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.verify(&BASE64URL_NOPAD.encode(&forged)), None, "{bit}");
        }
        for length in 0..bytes.len() {
            assert_eq!(
                key.verify(&BASE64URL_NOPAD.encode(&bytes[..length])),
                None,
                "{length}"
            );
        }
        assert_eq!(LinkKey::from_bytes([4; 32]).verify(&text), None);
        for garbage in ["", "가나다", "=", &text.repeat(2)] {
            assert_eq!(key.verify(garbage), None);
        }
    }

    #[test]
    fn the_key_is_made_once_for_its_owner_only_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let text = LinkKey::open(folder.path()).unwrap().sign(feedback());
        assert_eq!(
            LinkKey::open(folder.path()).unwrap().verify(&text),
            Some(feedback())
        );
        let path = folder.path().join("keys/link.key");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(&path, b"short").unwrap();
        assert!(matches!(
            LinkKey::open(folder.path()),
            Err(LinkKeyFault::Damaged(_))
        ));
    }

    #[test]
    fn a_key_that_is_there_and_cannot_be_read_is_never_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/link.key");
        std::fs::create_dir_all(&path).unwrap();
        let fault = LinkKey::open(folder.path()).unwrap_err();
        assert!(
            matches!(fault, LinkKeyFault::File { .. }),
            "a folder in its place: {fault}"
        );
        let beside = std::fs::read_dir(folder.path().join("keys")).unwrap();
        assert_eq!(beside.count(), 1, "nothing was written beside it");
    }

    #[test]
    fn a_draft_that_is_in_the_way_is_named_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("keys/link.key.new")).unwrap();
        let Err(LinkKeyFault::File { source, .. }) = LinkKey::open(folder.path()) else {
            panic!("a key beside a draft that cannot be removed");
        };
        assert_ne!(source.kind(), io::ErrorKind::AlreadyExists);
    }

    #[test]
    fn a_key_shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", LinkKey::from_bytes([3; 32])), "LinkKey(…)");
    }
}
