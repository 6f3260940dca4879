//! By which chains of entitlements one principal comes to another one. Plain graph work, without a file.

use std::collections::{BTreeMap, VecDeque};

use governance_model::EntitlementId;

/// How many chains are shown at most.
const MOST: usize = 25;
/// How long a chain may be; the Go SDK expands no further than 20.
const LONGEST: usize = 32;
/// How many steps the search takes, because there can be more chains than anybody can wait for.
const STEPS: usize = 20_000;

/// Whoever holds one entitlement holds another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) from: EntitlementId,
    /// Whether only those inherit who hold it in their own right.
    pub(super) shallow: bool,
}

/// An entitlement, as far as one principal has to do with it.
#[derive(Clone, Debug, Default)]
struct Node {
    direct: bool,
    incoming: Vec<Edge>,
}

/// What leads to what, for one principal.
#[derive(Clone, Debug, Default)]
pub(super) struct Chains(BTreeMap<EntitlementId, Node>);

/// The chains to an entitlement: from the one that is held in its own right to the one before the last.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) chains: Vec<Vec<EntitlementId>>,
    /// Whether there may be more.
    pub(super) more: bool,
}

impl Chains {
    /// Says that the principal holds an entitlement, and whether in its own right.
    pub(super) fn hold(&mut self, entitlement: &EntitlementId, direct: bool) {
        self.0.entry(entitlement.clone()).or_default().direct |= direct;
    }

    /// Says that an entitlement leads to another one. Of two that say the same the wider one counts.
    pub(super) fn lead(&mut self, from: &EntitlementId, to: &EntitlementId, shallow: bool) {
        if from == to {
            return;
        }
        let incoming = &mut self.0.entry(to.clone()).or_default().incoming;
        match incoming.iter_mut().find(|edge| edge.from == *from) {
            Some(edge) => edge.shallow &= shallow,
            None => incoming.push(Edge { from: from.clone(), shallow }),
        }
    }

    pub(super) fn knows(&self, entitlement: &EntitlementId) -> bool {
        self.0.contains_key(entitlement)
    }

    /// Whether what is known says how one entitlement leads to another one, if only by a detour. Where groups go round in
    /// a circle, a grant records every one of them as its source.
    pub(super) fn explain(&self, from: &EntitlementId, to: &EntitlementId) -> bool {
        let Found { chains, more } = self.to(to);
        more || chains.iter().any(|chain| chain.contains(from))
    }

    pub(super) fn is_direct(&self, entitlement: &EntitlementId) -> bool {
        self.0.get(entitlement).is_some_and(|node| node.direct)
    }

    /// The chains that lead to an entitlement, short ones first.
    pub(super) fn to(&self, entitlement: &EntitlementId) -> Found {
        let mut found = Found::default();
        let mut steps = 0;
        // Ways back that are still to be gone, each with the entitlement where it has arrived first.
        let mut ways = VecDeque::from([vec![entitlement.clone()]]);
        while let Some(way) = ways.pop_front() {
            let Some(node) = way.first().and_then(|at| self.0.get(at)) else { continue };
            for edge in &node.incoming {
                steps += 1;
                if steps > STEPS || found.chains.len() == MOST {
                    found.more = true;
                    ways.clear();
                    break;
                }
                if way.contains(&edge.from) {
                    continue;
                }
                let mut longer = Vec::with_capacity(way.len() + 1);
                longer.push(edge.from.clone());
                longer.extend(way.iter().cloned());
                if self.is_direct(&edge.from) {
                    found.chains.push(longer[..longer.len() - 1].to_vec());
                }
                if edge.shallow {
                    continue;
                }
                if longer.len() > LONGEST {
                    found.more = true;
                } else {
                    ways.push_back(longer);
                }
            }
        }
        found.chains.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> EntitlementId {
        EntitlementId::from_raw(text)
    }

    /// Edges as `a>b`, and `a-b` for shallow ones.
    fn chains(direct: &str, edges: &str) -> Chains {
        let mut chains = Chains::default();
        direct.split_whitespace().for_each(|held| chains.hold(&id(held), true));
        for edge in edges.split_whitespace() {
            let (from, to) = edge.split_once(['>', '-']).unwrap();
            chains.lead(&id(from), &id(to), edge.contains('-'));
        }
        chains
    }

    fn to(chains: &Chains, entitlement: &str) -> Vec<String> {
        let found = chains.to(&id(entitlement));
        assert!(!found.more);
        let text = |chain: &Vec<EntitlementId>| {
            chain.iter().map(EntitlementId::as_str).collect::<Vec<_>>().join(" ")
        };
        found.chains.iter().map(text).collect()
    }

    #[test]
    fn every_chain_is_found_the_short_ones_first() {
        let chains = chains("a b", "a>c b>c c>d a>d");
        assert_eq!(to(&chains, "d"), ["a", "a c", "b c"]);
        assert_eq!(to(&chains, "c"), ["a", "b"]);
        assert_eq!(to(&chains, "a"), [] as [&str; 0]);
        assert_eq!(to(&chains, "nowhere"), [] as [&str; 0]);
    }

    #[test]
    fn circles_end() {
        let chains = chains("a", "a>b b>c c>b c>a c>d d>d");
        assert_eq!(to(&chains, "d"), ["a b c"]);
        assert_eq!(to(&chains, "b"), ["a"]);
        assert_eq!(to(&chains, "a"), [] as [&str; 0]);
    }

    #[test]
    fn a_shallow_edge_takes_only_what_is_held_in_its_own_right() {
        let deep = chains("a", "a>b b>c");
        assert_eq!(to(&deep, "c"), ["a b"]);
        let shallow = chains("a", "a>b b-c");
        assert_eq!(to(&shallow, "c"), [] as [&str; 0]);
        let own = chains("a b", "a>b b-c");
        assert_eq!(to(&own, "c"), ["b"]);
        // What one grant narrows another one may open.
        let mut both = chains("a", "a>b b-c");
        both.lead(&id("b"), &id("c"), false);
        assert_eq!(to(&both, "c"), ["a b"]);
    }

    #[test]
    fn more_chains_than_anybody_reads_are_not_followed() {
        // Everything leads to everything.
        let names: Vec<String> = (0..60).map(|number| format!("e{number:02}")).collect();
        let mut chains = Chains::default();
        for from in &names {
            chains.hold(&id(from), from == "e00");
            for to in &names {
                chains.lead(&id(from), &id(to), false);
            }
        }
        let found = chains.to(&id("e59"));
        assert!(found.more);
        assert!(found.chains.len() <= MOST);

        let mut long = Chains::default();
        long.hold(&id("e0"), true);
        for number in 0..100_000 {
            long.lead(&id(&format!("e{number}")), &id(&format!("e{}", number + 1)), false);
        }
        let found = long.to(&id("e100000"));
        assert_eq!((found.chains.len(), found.more), (0, true));
        assert_eq!(long.to(&id("e20")).chains[0].len(), 20);
    }
}
