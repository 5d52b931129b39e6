//! How small and how large the user may make a window.

use crate::command::Live;

/// Window systems keep sizes in 16 bits.
const UNLIMITED: f64 = 32_767.0;

/// Width and height, each with or without a limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    minimum: (Option<f64>, Option<f64>),
    maximum: (Option<f64>, Option<f64>),
}

impl Limits {
    /// Takes over what was asked for; whether that was anything.
    pub fn change(&mut self, live: &Live) -> bool {
        let mut changed = false;
        for (limit, asked) in [
            (&mut self.minimum.0, live.minwidth),
            (&mut self.minimum.1, live.minheight),
            (&mut self.maximum.0, live.maxwidth),
            (&mut self.maximum.1, live.maxheight),
        ] {
            if let Some(asked) = asked {
                *limit = asked;
                changed = true;
            }
        }
        changed
    }

    /// Window systems take both sizes or none.
    pub fn minimum(self) -> Option<(f64, f64)> {
        both(self.minimum, 1.0)
    }

    pub fn maximum(self) -> Option<(f64, f64)> {
        both(self.maximum, UNLIMITED)
    }
}

fn both((width, height): (Option<f64>, Option<f64>), absent: f64) -> Option<(f64, f64)> {
    (width.is_some() || height.is_some())
        .then(|| (width.unwrap_or(absent), height.unwrap_or(absent)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_limit_leaves_the_other_open() {
        let mut limits = Limits::default();
        let live = Live {
            minwidth: Some(Some(300.0)),
            maxheight: Some(Some(500.0)),
            ..Live::default()
        };
        assert!(limits.change(&live));
        assert_eq!(limits.minimum(), Some((300.0, 1.0)));
        assert_eq!(limits.maximum(), Some((UNLIMITED, 500.0)));
    }

    #[test]
    fn null_takes_a_limit_away_and_absence_keeps_it() {
        let mut limits = Limits::default();
        limits.change(&Live {
            minwidth: Some(Some(300.0)),
            ..Live::default()
        });
        assert!(!limits.change(&Live::default()));
        assert!(limits.minimum().is_some());
        limits.change(&Live {
            minwidth: Some(None),
            ..Live::default()
        });
        assert_eq!(limits.minimum(), None);
    }
}
