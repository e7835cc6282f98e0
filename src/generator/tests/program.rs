//! The program that makes the catalogue: data that it does not understand.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;
use std::process::Command;

#[test]
fn the_generator_refuses_data_that_it_does_not_understand() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("output");
    let run = || {
        let run = Command::new(env!("CARGO_BIN_EXE_keyaki-catalogue"))
            .arg("--data")
            .arg(folder.path())
            .arg("--output")
            .arg(&output)
            .output();
        let run = run.unwrap();
        assert!(!run.status.success() && !output.exists());
        String::from_utf8(run.stderr).unwrap()
    };
    assert!(run().contains("src/iam/catalogue/fetch.sh"));
    let write = |name: &str, value: serde_json::Value| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, value.to_string()).unwrap();
    };
    write("package.json", json!({"name": "data", "version": "1"}));
    write("data/services.json", json!(["alpha"]));
    write("data/serviceNames.json", json!({"alpha": "Alpha"}));
    write("data/rcpSupportedServices.json", json!([]));
    for list in ["actions", "resourceTypes", "conditionKeys"] {
        write(&format!("data/{list}/alpha.json"), json!({}));
    }
    assert!(run().contains(
        "no longer have the defect that repair 1 is for: two ARNs of `Authorizer` in `apigateway`"
    ));
}
