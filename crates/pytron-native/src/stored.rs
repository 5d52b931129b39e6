//! What pages have stored, by the kinds in which it can be forgotten. Source: spec/view.md, section 8.

/// A kind of what pages have stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    Cookies,
    /// What their scripts keep.
    Storage,
    /// What was loaded.
    Cache,
}

impl Stored {
    /// The kinds of these names.
    pub fn of(names: &[String]) -> Result<Vec<Self>, String> {
        let kind = |name: &String| match name.as_str() {
            "cookies" => Ok(Self::Cookies),
            "storage" => Ok(Self::Storage),
            "cache" => Ok(Self::Cache),
            _ => Err(format!("{name:?} is not cookies, storage or cache")),
        };
        names.iter().map(kind).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_names() {
        let names = ["cache", "cookies", "storage"].map(str::to_owned);
        let kinds = Stored::of(&names).ok();
        assert_eq!(
            kinds,
            Some(vec![Stored::Cache, Stored::Cookies, Stored::Storage])
        );
        assert!(Stored::of(&["all".to_owned()]).is_err());
    }
}
