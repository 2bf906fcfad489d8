//! Work on a thread of its own, so that nothing that it computes delays a request.

use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::watch;

/// How long an orderly stop waits for the work to end.
pub const GRACE: Duration = Duration::from_millis(1200);

/// The thread. Dropped, it is told to stop and has [`GRACE`] to do so.
pub struct Running {
    stop: watch::Sender<bool>,
    ended: mpsc::Receiver<()>,
}

/// Runs `work` on a thread called `name` until it ends, which it does soon after what it is given turns true.
///
/// # Errors
/// When there can be no thread.
pub fn start<F: Future<Output = ()>>(
    name: &str,
    work: impl FnOnce(watch::Receiver<bool>) -> F + Send + 'static,
) -> std::io::Result<Running> {
    let (stop, stopped) = watch::channel(false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (says_ended, ended) = mpsc::channel();
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        runtime.block_on(work(stopped));
        let _ = says_ended.send(());
    })?;
    Ok(Running { stop, ended })
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        let _ = self.ended.recv_timeout(GRACE);
    }
}
