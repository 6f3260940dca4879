//! Writing in a thread of its own, so that whoever makes the bytes need not wait for the disk.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::{mem, thread};

/// How many bytes go over at once.
const PIECE: usize = 256 * 1024;
/// How many pieces may wait to be written.
const WAITING: usize = 4;

/// Lets `work` write to something that passes it on to `target`, and waits until all has been written. Gives what `work`
/// returned, and how the writing went: when it failed, `work` has met an error without a reason of its own, if it went on.
pub(crate) fn write<T>(
    mut target: impl Write + Send,
    work: impl FnOnce(&mut Behind) -> T,
) -> (T, io::Result<()>) {
    let (full, received) = sync_channel::<Vec<u8>>(WAITING);
    let (sent_back, spare) = channel();
    thread::scope(|scope| {
        let writer = scope.spawn(move || write_all(&received, &sent_back, &mut target));
        let mut behind = Behind { piece: Vec::with_capacity(PIECE), full, spare };
        let value = work(&mut behind);
        // That the writer has gone is told by its own error.
        let _ = behind.flush();
        drop(behind);
        let panicked = |_| Err(io::Error::other("the thread that writes has panicked"));
        (value, writer.join().unwrap_or_else(panicked))
    })
}

fn write_all(
    received: &Receiver<Vec<u8>>,
    sent_back: &Sender<Vec<u8>>,
    target: &mut impl Write,
) -> io::Result<()> {
    for mut piece in received {
        target.write_all(&piece)?;
        piece.clear();
        // Nobody wants it any more when that was the last one.
        let _ = sent_back.send(piece);
    }
    target.flush()
}

/// Takes what is to be written.
pub(crate) struct Behind {
    piece: Vec<u8>,
    full: SyncSender<Vec<u8>>,
    spare: Receiver<Vec<u8>>,
}

impl Write for Behind {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    /// Hands over what has come together.
    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let next = self.spare.try_recv().unwrap_or_else(|_| Vec::with_capacity(PIECE));
        let piece = mem::replace(&mut self.piece, next);
        self.full.send(piece).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_arrives_in_order() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|number| (number % 251) as u8).collect();
        let mut target = Vec::new();
        let (value, written) = write(&mut target, |output| {
            bytes.chunks(100_001).try_for_each(|chunk| output.write_all(chunk)).map(|()| 7)
        });
        assert_eq!(value.unwrap(), 7);
        written.unwrap();
        assert!(target == bytes);
    }

    #[test]
    fn a_disk_that_is_full_ends_it() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let endless = |output: &mut Behind| loop {
            if let Err(error) = output.write_all(&[0; 10_000]) {
                return error.kind();
            }
        };
        let (value, written) = write(Full(5_000_000), endless);
        assert_eq!(value, io::ErrorKind::BrokenPipe);
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::StorageFull);
        // What fails only with the last piece must not go unseen.
        let (value, written) = write(Full(5), |output| output.write_all(b"six of"));
        value.unwrap();
        assert_eq!(written.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
