//! Small defects, each with the one rule that it breaks.

use governance_model::{
    Email, Entitlement, EntitlementId, GrantId, Page, Purpose, ResourceId, ResourceTrait, ResourceTypeId,
    TraitKind, UserTrait,
};
use sync_engine::conformance::Rule;

use super::small::{GROUP, Quirk, Small, USER, at, member, member_of, nested, type_of, user};

type Defect = (&'static str, Rule, fn(&mut Small));

const OTHER: ResourceTypeId = ResourceTypeId::from_static("other");

pub(super) const ALL: &[Defect] = &[
    ("no name", Rule::Descriptor, |source| source.name.clear()),
    ("no fingerprint", Rule::Descriptor, |source| source.fingerprint.clear()),
    ("a fingerprint for each instance", Rule::Descriptor, |source| {
        source.fingerprint = source.instance.to_string();
    }),
    ("types for each instance", Rule::Descriptor, |source| {
        source.types[0].display_name = source.instance.to_string();
    }),
    ("no validation", Rule::Validation, |source| source.quirk = Quirk::RefusesToValidate),
    ("no source id", Rule::Validation, |source| source.baseline.source_id.clear()),
    ("another baseline each time", Rule::Validation, |source| {
        source.baseline.source_name = source.instance.to_string();
    }),
    ("a page that cannot be read", Rule::Paging, |source| {
        source.pages.remove(&at("users", 2));
    }),
    ("pages in a circle", Rule::Paging, |source| source.page("users", 2).next = Some(at("users", 1))),
    ("a page planned twice", Rule::Paging, |source| source.starts.push(at("users", 2))),
    ("pages without end", Rule::Paging, |source| source.quirk = Quirk::NeverEnds),
    ("a series that goes on in another", Rule::Cursors, |source| {
        source.page("users", 2).next = Some(at("more", 1));
        *source.page("more", 1) = Page::default();
    }),
    ("a series with a slash", Rule::Cursors, |source| start(source, "a/b", "1")),
    ("a series without a name", Rule::Cursors, |source| start(source, "", "1")),
    ("a line feed in a position", Rule::Cursors, |source| start(source, "more", "1\n2")),
    ("ids for each instance", Rule::StableIds, |source| {
        let id = format!("v{}", source.instance);
        source.page("users", 2).facts.resources.push(user(&id));
    }),
    ("another order in each instance", Rule::Determinism, |source| {
        if source.instance > 0 {
            source.page("users", 1).facts.resources.reverse();
        }
    }),
    ("other facts in each instance", Rule::Determinism, |source| {
        source.page("users", 1).facts.resources[0].description = source.instance.to_string();
    }),
    ("a second read that fails", Rule::Determinism, |source| source.quirk = Quirk::SecondReadFails),
    ("a page that needs the one before", Rule::Resume, |source| {
        source.quirk = Quirk::PageWithoutItsPredecessor;
    }),
    ("statements that cannot be resolved", Rule::Deferred, |source| source.quirk = Quirk::ResolveFails),
    ("statements that stay open", Rule::Deferred, |source| source.quirk = Quirk::ResolveLeavesSomethingOpen),
    ("statements that need pages in memory", Rule::Deferred, |source| {
        source.quirk = Quirk::ResolveNeedsPages;
    }),
    ("groups that nobody reads alone", Rule::Scopes, |source| {
        source.quirk = Quirk::GroupsAreNotPlannedAlone;
    }),
    ("groups that cannot be read alone", Rule::Scopes, |source| source.quirk = Quirk::GroupsFailAlone),
    ("a resource without an id", Rule::Ids, |source| {
        source.page("users", 2).facts.resources.push(user(""));
    }),
    ("a resource with a colon", Rule::Ids, |source| {
        source.page("users", 2).facts.resources.push(user("u:5"));
    }),
    ("a resource with a long id", Rule::Ids, |source| {
        source.page("users", 2).facts.resources.push(user(&"u".repeat(1025)));
    }),
    ("a type with a colon", Rule::Ids, |source| {
        source.types.push(type_of(ResourceTypeId::from_static("a:b"), TraitKind::App));
        let mut app = user("a1");
        app.id.resource_type = ResourceTypeId::from_static("a:b");
        app.traits.clear();
        source.page("users", 2).facts.resources.push(app);
    }),
    ("a slug with a colon", Rule::Ids, |source| entitlement(source, "g1", "mem:ber")),
    ("a slug that is empty", Rule::Ids, |source| entitlement(source, "g1", "")),
    ("an entitlement id of its own", Rule::Ids, |source| {
        entitlement(source, "g1", "manager");
        let last = source.page("groups", 1).facts.entitlements.last_mut().unwrap();
        last.id = EntitlementId::from_raw("manager-of-g1");
    }),
    ("a grant id of its own", Rule::Ids, |source| {
        source.page("groups", 1).facts.grants[0].set_id(GrantId::from_raw("first"));
    }),
    ("a principal with a long id", Rule::Ids, |source| {
        let long = member("g1", ResourceId::new(USER, "u".repeat(1025)));
        source.page("groups", 1).facts.grants.push(long);
    }),
    ("a resource without a name", Rule::Names, |source| {
        source.page("users", 1).facts.resources[0].display_name = " ".into();
    }),
    ("a type without a name", Rule::Names, |source| source.types[0].display_name.clear()),
    ("a resource twice", Rule::Duplicates, |source| {
        source.page("users", 2).facts.resources.push(user("u1"));
    }),
    ("an entitlement twice", Rule::Duplicates, |source| entitlement(source, "g1", "member")),
    ("a grant twice, and not alike", Rule::Duplicates, |source| {
        let mut again = source.page("groups", 1).facts.grants[0].clone();
        again.details_mut().immutable = true;
        source.page("groups", 1).facts.grants.push(again);
    }),
    ("a type that is not declared", Rule::Types, |source| {
        let mut other = user("o1");
        other.id.resource_type = OTHER;
        source.page("users", 2).facts.resources.push(other);
    }),
    ("a type that is not used", Rule::Types, |source| source.types.push(type_of(OTHER, TraitKind::App))),
    ("a type declared twice", Rule::Types, |source| source.types.push(type_of(USER, TraitKind::User))),
    ("a list of an undeclared type", Rule::Types, |source| {
        source.baseline.inventory_type = OTHER;
        (source.baseline.inventory, source.inventory) = (None, None);
    }),
    ("granted to an undeclared type", Rule::Types, |source| {
        let granted = type_of(OTHER, TraitKind::App);
        source.page("groups", 1).facts.entitlements[0].grantable_to.push(granted);
    }),
    ("expanded to an undeclared type", Rule::Types, |source| expandable(source).resource_types.push(OTHER)),
    ("entitlements that were declared away", Rule::Types, |source| {
        source.types[1].skip_entitlements_and_grants = true;
    }),
    ("a user without the trait", Rule::Traits, |source| {
        source.page("users", 1).facts.resources[0].traits.clear();
    }),
    ("a user with another trait", Rule::Traits, |source| {
        source.page("users", 1).facts.resources[0].traits = vec![ResourceTrait::Group];
    }),
    ("a user with the trait twice", Rule::Traits, |source| {
        source.page("users", 1).facts.resources[0].traits.push(ResourceTrait::User(Box::default()));
    }),
    ("two primary addresses", Rule::Traits, |source| {
        let mail = Email { address: "u1@small.example".to_owned(), primary: true };
        let emails = UserTrait { emails: vec![mail.clone(), mail], ..UserTrait::default() };
        source.page("users", 1).facts.resources[0].traits = vec![ResourceTrait::User(Box::new(emails))];
    }),
    ("a stand-in without the trait", Rule::Traits, |source| source.quirk = Quirk::StandInHasNoTrait),
    ("a parent that is not there", Rule::References, |source| {
        source.page("users", 1).facts.resources[0].parent = Some(ResourceId::new(GROUP, "g9"));
    }),
    ("an entitlement of nothing", Rule::References, |source| entitlement(source, "g9", "member")),
    ("a grant of nothing", Rule::References, |source| {
        source.page("groups", 1).facts.entitlements.retain(|found| found.id != member_of("g2"));
    }),
    ("a grant on another resource", Rule::References, |source| {
        source.page("groups", 1).facts.grants[0].resource = ResourceId::new(GROUP, "g2").into();
    }),
    ("a principal that nobody knows", Rule::References, |source| {
        let lost = member("g1", ResourceId::new(GROUP, "g9"));
        source.page("groups", 1).facts.grants.push(lost);
    }),
    ("nothing is expanded", Rule::Expansion, |source| expandable(source).entitlements.clear()),
    ("what is granted is expanded", Rule::Expansion, |source| {
        expandable(source).entitlements = vec![member_of("g2")];
    }),
    ("what is not there is expanded", Rule::Expansion, |source| {
        expandable(source).entitlements.push(member_of("g9"));
    }),
    ("what is another's is expanded", Rule::Expansion, |source| {
        let group = Entitlement::new(ResourceId::new(GROUP, "g2"), "manager", Purpose::Permission);
        expandable(source).entitlements.push(group.id.clone());
        source.page("groups", 1).facts.entitlements.push(group);
    }),
    ("groups in a circle", Rule::Cycles, |source| {
        source.page("groups", 1).facts.grants.push(nested("g1", "g2"));
    }),
    ("somebody listed who is nowhere", Rule::Inventory, |source| {
        source.quirk = Quirk::NoStandInForTheListed;
    }),
    ("an operator who is nowhere", Rule::Inventory, |source| {
        source.baseline.operator = Some(ResourceId::new(USER, "u8"));
    }),
    ("another list the second time", Rule::Inventory, |source| source.inventory = None),
    ("no list the second time", Rule::Inventory, |source| source.quirk = Quirk::InventoryFails),
    ("people who are not located", Rule::Locate, |source| source.quirk = Quirk::LocatesNobody),
    ("people located where nothing is", Rule::Locate, |source| source.quirk = Quirk::LocatesWhereNothingIs),
    ("another's stand-in for the list", Rule::StandIns, |source| {
        source.quirk = Quirk::StandInForTheListedIsAnother;
    }),
    ("another's stand-in for a grant", Rule::StandIns, |source| {
        source.quirk = Quirk::StandInForAPrincipalIsAnother;
    }),
    ("another one departs", Rule::StandIns, |source| source.quirk = Quirk::DepartedIsAnother),
];

fn start(source: &mut Small, stream: &str, position: &str) {
    let mut cursor = at(stream, 1);
    position.clone_into(&mut cursor.position);
    source.pages.insert(cursor.clone(), Page::default());
    source.starts.push(cursor);
}

fn entitlement(source: &mut Small, group: &str, slug: &str) {
    let made = Entitlement::new(ResourceId::new(GROUP, group), slug, Purpose::Assignment);
    source.page("groups", 1).facts.entitlements.push(made);
}

/// The expansion of g1 into g2.
fn expandable(source: &mut Small) -> &mut governance_model::Expandable {
    source.page("groups", 1).facts.grants[2].details_mut().expandable.as_mut().unwrap()
}
