//! Which entitlements pass their holders on to which others, as a plan without cycles (interop reference, section 6).
//! Knows nothing of grants or of storage.
//!
//! Entitlements that reach each other in a cycle become one node. As in the Go SDK, the edges inside of such a node
//! vanish, so its members do not inherit from each other; what flows into one of them flows into all, and what flows
//! out of one flows out of all. Parallel edges, whether between two entitlements or between two nodes, become one:
//! shallow only if all are, with the union of their type filters, or none if one of them has none.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

/// What an edge lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    /// Only direct holders of the source.
    pub(crate) shallow: bool,
    /// Only principals of these types; `None` means all.
    pub(crate) types: Option<BTreeSet<String>>,
}

impl Passage {
    fn widen(&mut self, other: &Self) {
        self.shallow &= other.shallow;
        self.types = match (self.types.take(), &other.types) {
            (Some(mut mine), Some(theirs)) => {
                mine.extend(theirs.iter().cloned());
                Some(mine)
            }
            _ => None,
        };
    }

    /// Whether principals of a type may pass.
    pub(crate) fn admits(&self, principal_type: &str) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(principal_type))
    }
}

/// Entitlements that receive holders, and where from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The entitlements that receive; several when they form a cycle.
    pub(crate) destinations: Vec<String>,
    /// The entitlements that give, each with what passes.
    pub(crate) incoming: Vec<(Vec<String>, Passage)>,
}

/// The order in which holders are passed on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Steps in an order in which all that flows into one has been done before it.
    pub(crate) steps: Vec<Step>,
    /// How many cycles became one node.
    pub(crate) cycles: usize,
    /// The longest chain of edges.
    pub(crate) depth: usize,
}

/// The graph while it is collected.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: BTreeMap<String, NodeIndex>,
    graph: DiGraph<String, Passage>,
}

impl Graph {
    /// Adds that holders of `source` also hold `destination`.
    pub(crate) fn add(&mut self, source: &str, destination: &str, passage: Passage) {
        let (source, destination) = (self.node(source), self.node(destination));
        match self.graph.find_edge(source, destination) {
            Some(edge) => self.graph[edge].widen(&passage),
            None => {
                self.graph.add_edge(source, destination, passage);
            }
        }
    }

    fn node(&mut self, id: &str) -> NodeIndex {
        if let Some(&index) = self.nodes.get(id) {
            return index;
        }
        let index = self.graph.add_node(id.to_owned());
        self.nodes.insert(id.to_owned(), index);
        index
    }

    /// How many edges there are.
    pub(crate) fn edges(&self) -> usize {
        self.graph.edge_count()
    }

    /// Collapses cycles and orders what remains.
    pub(crate) fn plan(&self) -> Plan {
        // The components come with every successor before its predecessors. Kosaraju's algorithm is the one of
        // petgraph's two that does not recurse, so a long chain of groups cannot exhaust the stack.
        let mut components = kosaraju_scc(&self.graph);
        components.reverse();
        let mut component_of = vec![0; self.graph.node_count()];
        for (number, members) in components.iter().enumerate() {
            for member in members {
                component_of[member.index()] = number;
            }
        }
        let mut incoming: Vec<BTreeMap<usize, Passage>> = vec![BTreeMap::new(); components.len()];
        let mut self_loops = 0;
        for edge in self.graph.edge_references() {
            let (from, to) = (component_of[edge.source().index()], component_of[edge.target().index()]);
            if from == to {
                self_loops += usize::from(edge.source() == edge.target() && components[to].len() == 1);
                continue;
            }
            incoming[to]
                .entry(from)
                .and_modify(|passage| passage.widen(edge.weight()))
                .or_insert_with(|| edge.weight().clone());
        }
        let mut depths = vec![0; components.len()];
        for number in 0..components.len() {
            let longest = incoming[number].keys().map(|&from| depths[from] + 1).max();
            depths[number] = longest.unwrap_or(0);
        }
        let names = |number: usize| {
            let mut names: Vec<String> =
                components[number].iter().map(|&member| self.graph[member].clone()).collect();
            names.sort_unstable();
            names
        };
        let steps = incoming
            .into_iter()
            .enumerate()
            .filter(|(_, edges)| !edges.is_empty())
            .map(|(number, edges)| Step {
                destinations: names(number),
                incoming: edges.into_iter().map(|(from, passage)| (names(from), passage)).collect(),
            })
            .collect();
        let cycles = components.iter().filter(|members| members.len() > 1).count() + self_loops;
        Plan { steps, cycles, depth: depths.into_iter().max().unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(shallow: bool, types: &[&str]) -> Passage {
        let types: BTreeSet<String> = types.iter().map(|&text| text.to_owned()).collect();
        Passage { shallow, types: (!types.is_empty()).then_some(types) }
    }

    fn graph(edges: &[(&str, &str, Passage)]) -> Graph {
        let mut graph = Graph::default();
        for (source, destination, passage) in edges {
            graph.add(source, destination, passage.clone());
        }
        graph
    }

    fn find<'a>(plan: &'a Plan, destination: &str) -> &'a Step {
        plan.steps.iter().find(|step| step.destinations.iter().any(|name| name == destination)).unwrap()
    }

    #[test]
    fn a_chain_is_ordered_and_measured() {
        let open = passage(false, &[]);
        let plan = graph(&[("b", "c", open.clone()), ("c", "d", open.clone()), ("a", "b", open)]).plan();
        let order: Vec<&str> = plan.steps.iter().map(|step| step.destinations[0].as_str()).collect();
        assert_eq!(order, ["b", "c", "d"]);
        assert_eq!((plan.depth, plan.cycles), (3, 0));
    }

    #[test]
    fn a_very_long_chain_does_not_exhaust_the_stack() {
        let names: Vec<String> = (0..100_000).map(|number| format!("e{number}")).collect();
        let mut graph = Graph::default();
        for pair in names.windows(2) {
            graph.add(&pair[0], &pair[1], passage(false, &[]));
        }
        assert_eq!(graph.plan().depth, 99_999);
    }

    #[test]
    fn parallel_edges_become_the_widest() {
        for (one, other, merged) in [
            (passage(true, &["user"]), passage(false, &[]), passage(false, &[])),
            (passage(true, &["user"]), passage(true, &["group"]), passage(true, &["user", "group"])),
            (passage(true, &[]), passage(true, &["group"]), passage(true, &[])),
        ] {
            for edges in [
                [("a", "b", one.clone()), ("a", "b", other.clone())],
                [("a", "b", other.clone()), ("a", "b", one.clone())],
            ] {
                let graph = graph(&edges);
                assert_eq!(graph.edges(), 1);
                assert_eq!(find(&graph.plan(), "b").incoming, [(vec!["a".to_owned()], merged.clone())]);
            }
        }
    }

    #[test]
    fn a_cycle_becomes_one_node_and_loses_its_own_edges() {
        let open = passage(false, &[]);
        let plan = graph(&[
            ("a", "b", passage(true, &["user"])),
            ("a", "c", passage(true, &["group"])),
            ("b", "c", open.clone()),
            ("c", "b", open.clone()),
            ("c", "d", open.clone()),
        ])
        .plan();
        assert_eq!((plan.cycles, plan.depth, plan.steps.len()), (1, 2, 2));
        let cycle = find(&plan, "b");
        assert_eq!(cycle.destinations, ["b", "c"]);
        assert_eq!(cycle.incoming, [(vec!["a".to_owned()], passage(true, &["user", "group"]))]);
        assert_eq!(find(&plan, "d").incoming, [(vec!["b".to_owned(), "c".to_owned()], open)]);
    }

    #[test]
    fn a_self_loop_counts_as_a_cycle_and_vanishes() {
        let plan = graph(&[("a", "a", passage(false, &[]))]).plan();
        assert_eq!(plan, Plan { steps: Vec::new(), cycles: 1, depth: 0 });
    }
}
