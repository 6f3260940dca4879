//! The source: people and teams. Everybody in it is invented.

/// Somebody with an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// The source's own id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// Whether the account can be used.
    pub active: bool,
}

/// A team. Who is in a team that is part of it is in it as well.
#[derive(Clone, Debug)]
pub struct Team {
    /// The source's own id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Ids of the people in it.
    pub people: Vec<String>,
    /// Ids of the teams that are part of it.
    pub teams: Vec<String>,
}

/// A whole source.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// The people, in the order of their ids.
    pub people: Vec<Person>,
    /// The teams, in the order of their ids.
    pub teams: Vec<Team>,
}

impl Directory {
    /// Five people and three teams of a harbour that does not exist.
    pub fn harbour() -> Self {
        let people = [
            ("p1", "Ada Fjord", true),
            ("p2", "Bela Kaje", true),
            ("p3", "Cleo Sund", false),
            ("p4", "Dario Mole", true),
            ("p5", "Edda Lund", true),
        ];
        let teams: [(&str, &str, &[&str], &[&str]); 3] = [
            ("t1", "Pilots", &["p1", "p2"], &[]),
            ("t2", "Crane", &["p3", "p4"], &[]),
            ("t3", "Harbour", &["p5"], &["t1", "t2"]),
        ];
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Self {
            people: people.map(|(id, name, active)| person(id, name, active)).into(),
            teams: teams
                .map(|(id, name, people, teams)| Team {
                    id: id.to_owned(),
                    name: name.to_owned(),
                    people: owned(people),
                    teams: owned(teams),
                })
                .into(),
        }
    }
}

fn person(id: &str, name: &str, active: bool) -> Person {
    let email = format!("{}@harbour.example", name.to_lowercase().replace(' ', "."));
    Person { id: id.to_owned(), name: name.to_owned(), email, active }
}
