//! Each rule against workspaces that the look-alike serves, read by the real connector and engine. What must be found is
//! written by hand.

#[cfg(test)]
mod access;
#[cfg(test)]
mod by_hand;
#[cfg(test)]
mod identities;
#[cfg(test)]
mod members;
#[cfg(test)]
mod office;
#[cfg(test)]
mod others;
#[cfg(test)]
mod sarif;
