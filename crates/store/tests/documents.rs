//! Documents are what was announced, or nothing.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use naru_store::{StoreError, Stored};
use support::databases::kinds;
use support::{Folder, sha256};

fn pieces(
    content: &[u8],
) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> + Send + use<> {
    let pieces: Vec<_> = content
        .chunks(7)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    futures_util::stream::iter(pieces)
}

#[tokio::test]
async fn a_document_is_found_under_its_hash_and_storing_it_again_changes_nothing() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = folder.store().await;
        let content = "사용성 평가 계획서".repeat(10).into_bytes();
        let (hash, size) = (sha256(&content), u64::try_from(content.len()).unwrap());
        assert_eq!(store.documents().size(&hash).await.unwrap(), None);
        assert_eq!(
            store
                .documents()
                .put(&hash, size, pieces(&content))
                .await
                .unwrap(),
            Stored::New
        );
        assert_eq!(
            store
                .documents()
                .put(&hash, size, pieces(&content))
                .await
                .unwrap(),
            Stored::Known
        );
        let stream = store.documents().get(&hash).await.unwrap().unwrap();
        let read: Vec<Bytes> = stream.try_collect().await.unwrap();
        assert_eq!(read.concat(), content);
    }
}

#[tokio::test]
async fn what_is_not_as_announced_leaves_nothing_behind() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = folder.store().await;
        let content = b"0123456789".to_vec();
        let hash = sha256(&content);
        for (announced, size) in [
            (sha256(b"other"), 10),
            (hash.clone(), 9),
            (hash.clone(), 11),
        ] {
            let refused = store
                .documents()
                .put(&announced, size, pieces(&content))
                .await;
            assert!(
                matches!(refused, Err(StoreError::WrongContent { .. })),
                "{refused:?}"
            );
            assert_eq!(store.documents().size(&announced).await.unwrap(), None);
        }
        let broken = pieces(&content).chain(futures_util::stream::iter([Err(
            std::io::Error::other("cut"),
        )]));
        assert!(store.documents().put(&hash, 12, broken).await.is_err());
        assert_eq!(store.documents().size(&hash).await.unwrap(), None);
        let left =
            std::fs::read_dir(folder.path().join("documents/incoming")).map_or(0, Iterator::count);
        assert_eq!(left, 0);
    }
}
