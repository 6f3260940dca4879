//! A glance at a resource: its state and single attributes, without decoding the rest of its message. Counting people by
//! what they are takes a tenth of the time that way.

use governance_model::State;
use prost::encoding::decode_varint;

/// What can be seen of a resource at a glance.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'a> {
    /// Whether it is usable; [`State::Unspecified`] when the message does not say, or says something newer.
    pub state: State,
    /// The same, if the message has a status of its own; elsewhere the one of a trait may say more.
    pub(crate) own_state: Option<State>,
    profile: &'a [u8],
}

/// The numbers of the fields of `c1.connector.v2.Resource` and its `Status`.
const ANNOTATIONS: u32 = 4;
const PROFILE: u32 = 9;
const STATUS: u32 = 11;
const STATE: u32 = 1;
/// That of `google.protobuf.Any`.
const TYPE_URL: u32 = 1;

impl<'a> Glance<'a> {
    /// Takes it from an encoded resource; `None` when that is no message.
    pub(crate) fn at(message: &'a [u8]) -> Option<Self> {
        let mut glance = Self { state: State::Unspecified, own_state: None, profile: &[] };
        for field in Fields(message) {
            match field? {
                (PROFILE, Content::Bytes(profile)) => glance.profile = profile,
                (STATUS, Content::Bytes(status)) => {
                    glance.own_state.get_or_insert(State::Unspecified);
                    for field in Fields(status) {
                        if let (STATE, Content::Number(state)) = field? {
                            glance.state = match state {
                                1 => State::Enabled,
                                2 => State::Disabled,
                                3 => State::Deleted,
                                _ => State::Unspecified,
                            };
                            glance.own_state = Some(glance.state);
                        }
                    }
                }
                _ => {}
            }
        }
        Some(glance)
    }

    /// The attributes of the profile, each with its text if it is one. The bytes are as they are stored; whether they are
    /// UTF-8 has not been looked at.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> {
        Fields(self.profile).map_while(|field| field).filter_map(|field| match field {
            (1, Content::Bytes(entry)) => attribute(entry),
            _ => None,
        })
    }
}

/// Whether bytes are fields from beginning to end. What is in the fields is not looked at.
pub(crate) fn is_message(bytes: &[u8]) -> bool {
    Fields(bytes).all(|field| field.is_some())
}

/// Whether an encoded resource is a user and has no other trait. Not what cannot be told of at a glance.
pub(crate) fn is_only_user(message: &[u8]) -> bool {
    const TRAITS: [&[u8]; 3] =
        [b"c1.connector.v2.UserTrait", b"c1.connector.v2.GroupTrait", b"c1.connector.v2.RoleTrait"];
    let mut is_user = false;
    for field in Fields(message) {
        let Some(field) = field else { return false };
        let (ANNOTATIONS, Content::Bytes(any)) = field else { continue };
        for field in Fields(any) {
            let Some(field) = field else { return false };
            let (TYPE_URL, Content::Bytes(url)) = field else { continue };
            let name = url.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
            match TRAITS.iter().position(|known| *known == name) {
                Some(0) => is_user = true,
                Some(_) => return false,
                None => {}
            }
        }
    }
    is_user
}

/// An entry of a `google.protobuf.Struct`: its key, and its value if that is a text.
fn attribute(entry: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let (mut key, mut text): (&[u8], _) = (&[], None);
    for field in Fields(entry) {
        match field? {
            (1, Content::Bytes(bytes)) => key = bytes,
            (2, Content::Bytes(value)) => {
                for field in Fields(value) {
                    if let (3, Content::Bytes(bytes)) = field? {
                        text = Some(bytes);
                    }
                }
            }
            _ => {}
        }
    }
    Some((key, text))
}

/// What a field holds.
enum Content<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

/// The fields of a message by their numbers; the last item is `None` when it is none.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<(u32, Content<'a>)> {
        let key = decode_varint(&mut self.0).ok()?;
        let number = u32::try_from(key >> 3).ok()?;
        let content = match key & 7 {
            0 => Content::Number(decode_varint(&mut self.0).ok()?),
            1 => self.take(8).map(|_| Content::Other)?,
            2 => {
                let length = usize::try_from(decode_varint(&mut self.0).ok()?).ok()?;
                Content::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Content::Other)?,
            _ => return None,
        };
        Some((number, content))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u32, Content<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.0 = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use governance_model::{Resource, ResourceId, ResourceTrait, ResourceTypeId, Status, Value};
    use prost::Message as _;

    use super::*;

    #[test]
    fn a_user_is_one_that_is_nothing_else() {
        let user = || ResourceTrait::User(Box::default());
        for (traits, is_it) in [
            (vec![], false),
            (vec![user()], true),
            (vec![ResourceTrait::Group], false),
            (vec![user(), ResourceTrait::Role], false),
            (vec![ResourceTrait::Group, user()], false),
        ] {
            let mut resource = Resource::new(ResourceId::new(ResourceTypeId::from_static("t"), "r"), "R");
            resource.traits = traits;
            let message = baton_proto::resource_to_proto(&resource).encode_to_vec();
            assert_eq!(is_only_user(&message), is_it, "{:?}", resource.traits);
            assert!(!is_only_user(&message[..message.len() - 1]));
        }
    }

    #[test]
    fn sees_what_the_whole_message_says() {
        let mut user = Resource::new(ResourceId::new(ResourceTypeId::from_static("user"), "u"), "U");
        user.status = Some(Status { state: State::Disabled, details: "INACTIVE".to_owned() });
        user.profile.insert("account_status".into(), "LIMITED".into());
        user.profile.insert("empty".into(), "".into());
        user.profile.insert("unlisted".into(), true.into());
        user.profile.insert("number".into(), Value::Number(1.5));
        let message = baton_proto::resource_to_proto(&user).encode_to_vec();
        let glance = Glance::at(&message).unwrap();
        assert_eq!((glance.state, glance.own_state), (State::Disabled, Some(State::Disabled)));
        let seen: Vec<_> = glance.attributes().collect();
        let expected: [(&[u8], Option<&[u8]>); 4] = [
            (b"account_status", Some(b"LIMITED")),
            (b"empty", Some(b"")),
            (b"number", None),
            (b"unlisted", None),
        ];
        assert_eq!(seen, expected);
        assert!(Glance::at(&message[..message.len() - 1]).is_none());
        let nothing = Glance::at(&[]).unwrap();
        assert_eq!((nothing.state, nothing.own_state), (State::Unspecified, None));
        // A status of its own that says nothing is one all the same.
        user.status = Some(Status { state: State::Unspecified, details: String::new() });
        let message = baton_proto::resource_to_proto(&user).encode_to_vec();
        assert_eq!(Glance::at(&message).unwrap().own_state, Some(State::Unspecified));
    }
}
