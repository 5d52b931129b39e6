//! Seals packages and issues licences, for Python; `_seal.pyi` is the contract.

mod licence;
mod seal;

use pyo3::prelude::*;
use shield_core::Error;

pyo3::create_exception!(pytron_shield, ShieldError, pyo3::exceptions::PyValueError);

/// The exception for a bad ending; its first argument is the name that the spec gives it.
fn raised(error: &Error) -> PyErr {
    ShieldError::new_err((error.name(), error.to_string()))
}

fn random<const N: usize>() -> PyResult<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| ShieldError::new_err(("refused", error.to_string())))?;
    Ok(bytes)
}

#[pymodule]
fn _seal(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("ShieldError", module.py().get_type::<ShieldError>())?;
    module.add_class::<seal::Payload>()?;
    module.add_class::<seal::Sealed>()?;
    module.add_function(wrap_pyfunction!(seal::seal, module)?)?;
    module.add_function(wrap_pyfunction!(licence::answer, module)?)?;
    module.add_function(wrap_pyfunction!(licence::fingerprint, module)?)?;
    module.add_function(wrap_pyfunction!(licence::issue, module)?)?;
    module.add_function(wrap_pyfunction!(licence::verifying_key, module)?)
}
