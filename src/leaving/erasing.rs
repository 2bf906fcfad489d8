//! The job that erases a closed account: a few hundred rows at a time, each batch a transaction of well under two
//! seconds, so that a killed one goes on where it was.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use serde::Deserialize;
use uuid::Uuid;

use crate::exchange::intake;
use crate::jobs::{Duty, Work};

/// What the database's function leaves.
#[derive(Deserialize)]
struct Payload {
    account: Uuid,
    uploads: Vec<Uuid>,
}

/// Rows of the first batch.
const FIRST: i32 = 250;
/// A batch is made no larger.
const MOST: i32 = 4000;
/// A batch that took longer is followed by a smaller one.
const LONG: Duration = Duration::from_millis(800);
/// A batch that took less is followed by a larger one.
const SHORT: Duration = Duration::from_millis(200);

/// The job, which is no user's, for hers go with her.
#[must_use]
pub fn duty() -> Duty {
    Duty { kind: "account.erase", work: WORK, give_up: None }
}

const WORK: Work = |tools, job| {
    async move {
        let Payload { account, uploads } = serde_json::from_value(job.payload).map_err(anyhow::Error::from)?;
        for upload in uploads {
            intake::forget(&tools.data_dir, upload);
        }
        let mut most = FIRST;
        loop {
            let started = Instant::now();
            if tools.db.anonymous().erase_account(account, most).await? == 0 {
                return Ok(());
            }
            most = next(most, started.elapsed());
        }
    }
    .boxed_local()
};

/// How many rows the next batch takes.
fn next(most: i32, took: Duration) -> i32 {
    let wanted = if took > LONG {
        most / 4
    } else if took < SHORT {
        most * 2
    } else {
        most
    };
    wanted.clamp(20, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_grows_while_it_is_quick_and_shrinks_when_it_was_slow() {
        let ms = Duration::from_millis;
        assert_eq!([next(250, ms(50)), next(250, ms(400)), next(1000, ms(1500))], [500, 250, 250]);
        assert_eq!([next(MOST, ms(1)), next(20, ms(5000))], [MOST, 20]);
    }
}
