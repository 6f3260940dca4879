//! Annotations: packing, recognising and unpacking `google.protobuf.Any`.

use governance_model::Annotation;
use prost::Name;
use prost_types::Any;

use super::ConvertError;

/// Wraps a message under its canonical type URL (interop reference 2.3).
pub(super) fn pack<M: Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}

/// Whether a type URL names this message; only what follows the last `/` counts.
pub(super) fn names<M: Name>(type_url: &str) -> bool {
    let full_name = type_url.rsplit_once('/').map_or(type_url, |(_, name)| name);
    full_name.strip_suffix(M::NAME).and_then(|rest| rest.strip_suffix('.')) == Some(M::PACKAGE)
}

/// Decodes an annotation that [`names`] has recognised; `on` is the message that carries it.
pub(super) fn unpack<M: Name + Default>(on: &'static str, any: &Any) -> Result<M, ConvertError> {
    M::decode(any.value.as_slice()).map_err(|source| ConvertError::Annotation {
        message: on,
        annotation: M::NAME,
        source,
    })
}

/// Keeps an annotation without reading it.
pub(super) fn opaque(any: Any) -> Annotation {
    Annotation { type_url: any.type_url, value: any.value }
}

/// Writes kept annotations as they came.
pub(super) fn reopen(kept: &[Annotation]) -> impl Iterator<Item = Any> {
    kept.iter()
        .map(|annotation| Any { type_url: annotation.type_url.clone(), value: annotation.value.clone() })
}

/// A flag to write: the bare annotation, unless one with contents is among those kept.
pub(super) fn flag<M: Name + Default>(set: bool, kept: &[Annotation]) -> Option<Any> {
    let wanted = set && !kept.iter().any(|annotation| names::<M>(&annotation.type_url));
    wanted.then(|| pack(&M::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c1::connector::v2::{GrantImmutable, SkipGrants};

    #[test]
    fn type_urls_are_canonical() {
        assert_eq!(pack(&SkipGrants {}).type_url, "type.googleapis.com/c1.connector.v2.SkipGrants");
    }

    #[test]
    fn only_the_full_name_counts() {
        assert!(names::<SkipGrants>("type.googleapis.com/c1.connector.v2.SkipGrants"));
        assert!(names::<SkipGrants>("example.com/a/c1.connector.v2.SkipGrants"));
        assert!(names::<SkipGrants>("c1.connector.v2.SkipGrants"));
        assert!(!names::<SkipGrants>("type.googleapis.com/c1.connector.v3.SkipGrants"));
        assert!(!names::<SkipGrants>("type.googleapis.com/x.c1.connector.v2.SkipGrants"));
        assert!(!names::<SkipGrants>("type.googleapis.com/c1.connector.v2.DoSkipGrants"));
        assert!(!names::<SkipGrants>("SkipGrants"));
    }

    #[test]
    fn a_flag_with_contents_is_not_written_twice() {
        let full = GrantImmutable { source_id: "s".to_owned(), metadata: None };
        let kept = [opaque(pack(&full))];
        assert_eq!(flag::<GrantImmutable>(true, &kept), None);
        assert_eq!(flag::<GrantImmutable>(false, &[]), None);
        assert_eq!(flag::<GrantImmutable>(true, &[]), Some(pack(&GrantImmutable::default())));
    }
}
