//! Reads a scrape as strictly as `OpenMetrics` 1.0.0 says it, and nothing that it does not allow.

use std::collections::{BTreeMap, BTreeSet};

/// A sample: its name, its labels, its value.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

/// A family of metrics.
#[derive(Clone, Debug, Default)]
pub(crate) struct Family {
    pub(crate) kind: String,
    pub(crate) unit: String,
    pub(crate) help: String,
    pub(crate) samples: Vec<Sample>,
}

/// All families of a scrape by their names.
pub(crate) type Scrape = BTreeMap<String, Family>;

/// Reads a scrape.
///
/// # Errors
/// The first rule that is broken, and where.
pub(crate) fn read(text: &str) -> Result<Scrape, String> {
    let lines = text.strip_suffix("# EOF\n").ok_or("it does not end with # EOF and a line feed")?;
    let mut scrape = Scrape::new();
    let mut current = String::new();
    for line in lines.split_terminator('\n') {
        let wrong = |what: &str| format!("{what}: {line:?}");
        if let Some(rest) = line.strip_prefix("# ") {
            let mut parts = rest.splitn(3, ' ');
            let (keyword, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let value = parts.next().ok_or_else(|| wrong("three words are wanted"))?;
            is_name(name, true).then_some(()).ok_or_else(|| wrong("no name"))?;
            if name != current {
                name.clone_into(&mut current);
                let known = scrape.insert(current.clone(), Family::default());
                known.is_none().then_some(()).ok_or_else(|| wrong("a family comes in two parts"))?;
            }
            let family = scrape.get_mut(name).ok_or_else(|| wrong("no family"))?;
            let samples = !family.samples.is_empty();
            (!samples).then_some(()).ok_or_else(|| wrong("what describes a family comes first"))?;
            let place = match keyword {
                "TYPE" => &mut family.kind,
                "UNIT" => &mut family.unit,
                "HELP" => &mut family.help,
                _ => return Err(wrong("an unknown keyword")),
            };
            place.is_empty().then_some(()).ok_or_else(|| wrong("it is said twice"))?;
            value.clone_into(place);
        } else {
            let sample = sample(line).map_err(wrong_with(line))?;
            let family = scrape.get_mut(&current).ok_or_else(|| wrong("a sample without a family"))?;
            family.samples.push(sample);
        }
    }
    for (name, family) in &scrape {
        check(name, family).map_err(|what| format!("{name}: {what}"))?;
    }
    Ok(scrape)
}

fn wrong_with(line: &str) -> impl FnOnce(&'static str) -> String {
    move |what| format!("{what}: {line:?}")
}

fn is_name(name: &str, colons: bool) -> bool {
    let good = |c: char| c.is_ascii_alphabetic() || c == '_' || (colons && c == ':');
    name.starts_with(good) && name.chars().all(|c| good(c) || c.is_ascii_digit())
}

/// `name{label="value",…} number`, with neither a time nor an exemplar, which nothing here has.
fn sample(line: &str) -> Result<Sample, &'static str> {
    let end = line.find(['{', ' ']).ok_or("no value")?;
    let (name, mut rest) = line.split_at(end);
    if !is_name(name, true) {
        return Err("no name");
    }
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (label, quoted) = rest.split_once("=\"").ok_or("no label")?;
            if !is_name(label, false) {
                return Err("no name of a label");
            }
            let (value, after) = unquote(quoted)?;
            if labels.insert(label.to_owned(), value).is_some() {
                return Err("a label twice");
            }
            if let Some(after) = after.strip_prefix('}') {
                rest = after;
                break;
            }
            rest = after.strip_prefix(',').ok_or("no comma between labels")?;
        }
    }
    let number = rest.strip_prefix(' ').ok_or("one blank is wanted before the value")?;
    let digits = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    if !matches!(number, "NaN" | "+Inf" | "-Inf") && (number.is_empty() || !number.chars().all(digits)) {
        return Err("no number");
    }
    let value = number.parse().map_err(|_| "no number")?;
    Ok(Sample { name: name.to_owned(), labels, value })
}

/// The text up to the closing quote, and what follows it.
fn unquote(quoted: &str) -> Result<(String, &str), &'static str> {
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &quoted[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, c @ ('\\' | '"'))) => value.push(c),
                _ => return Err("an unknown escape"),
            },
            c => value.push(c),
        }
    }
    Err("no closing quote")
}

fn check(name: &str, family: &Family) -> Result<(), String> {
    let rule = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    rule(!family.help.is_empty(), "no help")?;
    rule(family.unit.is_empty() || name.ends_with(&format!("_{}", family.unit)), "the unit is no suffix")?;
    let suffixes: &[&str] = match family.kind.as_str() {
        "counter" => &["_total"],
        "gauge" => &[""],
        "histogram" => &["_bucket", "_count", "_sum"],
        "info" => &["_info"],
        other => return Err(format!("an unknown type {other:?}")),
    };
    // Reserved: with them a family would look like a sample of another.
    for reserved in ["_total", "_created", "_bucket", "_count", "_sum", "_info"] {
        rule(!name.ends_with(reserved), "the name of a family ends as that of a sample")?;
    }
    let mut seen = BTreeSet::new();
    for sample in &family.samples {
        let suffix = sample.name.strip_prefix(name).unwrap_or("another name");
        rule(suffixes.contains(&suffix), &format!("{} is no sample of a {}", sample.name, family.kind))?;
        rule(seen.insert((&sample.name, &sample.labels)), "a sample twice")?;
        let counts = family.kind != "gauge";
        rule(!counts || sample.value >= 0.0, "a count below zero, or none")?;
        rule(family.kind != "info" || (sample.value - 1.0).abs() < f64::EPSILON, "an info is 1")?;
        rule((suffix == "_bucket") == sample.labels.contains_key("le"), "le belongs to buckets")?;
    }
    if family.kind == "histogram" { histograms(name, family) } else { Ok(()) }
}

/// Buckets grow, end with `+Inf`, and that one is the count.
fn histograms(name: &str, family: &Family) -> Result<(), String> {
    let mut all: BTreeMap<BTreeMap<String, String>, Vec<&Sample>> = BTreeMap::new();
    for sample in &family.samples {
        let mut labels = sample.labels.clone();
        labels.remove("le");
        all.entry(labels).or_default().push(sample);
    }
    for (labels, samples) in all {
        let of = |suffix: &str| {
            let name = format!("{name}{suffix}");
            samples.iter().filter(move |sample| sample.name == name).collect::<Vec<_>>()
        };
        let (buckets, counts, sums) = (of("_bucket"), of("_count"), of("_sum"));
        let bounds: Vec<f64> =
            buckets.iter().map(|bucket| bucket.labels["le"].parse().unwrap_or(f64::NAN)).collect();
        let grows = bounds.windows(2).all(|pair| pair[0] < pair[1]);
        let counted = buckets.windows(2).all(|pair| pair[0].value <= pair[1].value);
        let ends = buckets.last().is_some_and(|last| last.labels["le"] == "+Inf");
        let whole = counts.len() == 1 && sums.len() == 1;
        let same = whole && buckets.last().is_some_and(|last| (last.value - counts[0].value).abs() < 0.5);
        if !(grows && counted && ends && same) {
            return Err(format!("no histogram at {labels:?}"));
        }
    }
    Ok(())
}

#[test]
fn the_example_of_the_specification_is_read_and_what_breaks_a_rule_is_not() {
    let good = "# TYPE acme_http_router_request_seconds histogram\n\
                # UNIT acme_http_router_request_seconds seconds\n\
                # HELP acme_http_router_request_seconds Latency though all of ACME's HTTP request router.\n\
                acme_http_router_request_seconds_bucket{path=\"/api/v1\",le=\"0.5\"} 1\n\
                acme_http_router_request_seconds_bucket{path=\"/api/v1\",le=\"+Inf\"} 2\n\
                acme_http_router_request_seconds_sum{path=\"/api/v1\"} 9036.32\n\
                acme_http_router_request_seconds_count{path=\"/api/v1\"} 2\n\
                # TYPE go_goroutines gauge\n\
                # HELP go_goroutines Number of goroutines that currently exist.\n\
                go_goroutines 69\n\
                # TYPE process_cpu_seconds counter\n\
                # UNIT process_cpu_seconds seconds\n\
                # HELP process_cpu_seconds Total user and system CPU time spent in seconds.\n\
                process_cpu_seconds_total 4.20072246e+06\n\
                # EOF\n";
    assert_eq!(read(good).unwrap().len(), 3);
    for (part, other) in [
        ("# EOF\n", "# EOF"),
        ("# EOF\n", ""),
        ("# EOF\n", "\n# EOF\n"),
        ("process_cpu_seconds_total 4", "process_cpu_seconds 4"),
        ("process_cpu_seconds_total 4", "process_cpu_seconds_total -4"),
        ("process_cpu_seconds_total 4", "process_cpu_seconds_total  4"),
        ("go_goroutines 69", "go_goroutines_total 69"),
        ("go_goroutines 69", "go_goroutines 69\ngo_goroutines 69"),
        ("go_goroutines 69", "go_goroutines sixty"),
        ("# TYPE go_goroutines gauge\n", ""),
        ("# TYPE go_goroutines gauge\n", "# TYPE go_goroutines gauge\n# TYPE go_goroutines gauge\n"),
        ("# UNIT process_cpu_seconds seconds", "# UNIT process_cpu_seconds milliseconds"),
        ("le=\"+Inf\"} 2", "le=\"1\"} 2"),
        ("le=\"0.5\"} 1", "le=\"0.5\"} 3"),
        ("path=\"/api/v1\",le=\"0.5\"", "path=\"/api/v1\"le=\"0.5\""),
        ("_count{path=\"/api/v1\"} 2", "_count{path=\"/api/v1\"} 3"),
        ("_count{path=\"/api/v1\"} 2", "_count{path=\"/api\\v1\"} 2"),
    ] {
        let bad = good.replacen(part, other, 1);
        assert!(bad != good && read(&bad).is_err(), "{part:?} {other:?}");
    }
}
