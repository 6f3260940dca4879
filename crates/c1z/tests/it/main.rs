//! What c1z files must be, seen from outside of the crate: against the official files, against SQLite and zstd used
//! directly, and against input that means harm.

#[cfg(test)]
mod appear;
#[cfg(test)]
mod cut_off;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod early;
#[cfg(test)]
mod endless;
#[cfg(test)]
mod exclusion;
#[cfg(test)]
mod expansion;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod official;
#[cfg(test)]
mod older;
#[cfg(test)]
mod passed_over;
#[cfg(test)]
mod sealing;
#[cfg(test)]
mod support;
#[cfg(test)]
mod working;
#[cfg(test)]
mod written;
