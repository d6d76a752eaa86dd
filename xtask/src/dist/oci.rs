//! Components as an OCI image layout, which `oras cp --from-oci-layout` takes to any registry.
//!
//! Media types and configuration are those of the CNCF's "Wasm OCI artifact" layout
//! (<https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/>), which `wkg`, wasmCloud and Spin read; the
//! folder is that of <https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md>.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Package, hash};
use crate::component::Component;
use crate::error::{Context, Result};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const LAYER: &str = "application/wasm";

/// A layout that is being written.
pub(super) struct Layout {
    folder: PathBuf,
    manifests: Vec<Value>,
}

impl Layout {
    pub(super) fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder.join("blobs/sha256")).context(folder.display())?;
        Ok(Self { folder: folder.into(), manifests: Vec::new() })
    }

    /// Adds a component under a tag. `created` is a time as RFC 3339 writes it.
    pub(super) fn add(
        &mut self,
        tag: &str,
        component: &Component,
        package: &Package,
        created: &str,
    ) -> Result<()> {
        let wasm = fs::read(&component.path).context(component.path.display())?;
        let layer = self.blob(LAYER, &wasm)?;
        let config = json!({
            "created": created,
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [layer["digest"]],
            "component": {"imports": component.imports, "exports": component.exports, "target": null},
        });
        let config = self.blob(CONFIG, config.to_string().as_bytes())?;
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config,
            "layers": [layer],
            "annotations": {
                "org.opencontainers.image.title": "mlflow-mcp",
                "org.opencontainers.image.description": package.description,
                "org.opencontainers.image.version": package.version,
                "org.opencontainers.image.created": created,
                "org.opencontainers.image.source": package.repository,
                "org.opencontainers.image.licenses": package.license,
            },
        });
        let mut manifest = self.blob(MANIFEST, manifest.to_string().as_bytes())?;
        manifest["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
        self.manifests.push(manifest);
        Ok(())
    }

    /// Writes what leads to everything else.
    pub(super) fn finish(self) -> Result<()> {
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": self.manifests});
        let write = |name: &str, value: Value| {
            let path = self.folder.join(name);
            fs::write(&path, value.to_string()).context(path.display())
        };
        write("index.json", index)?;
        write("oci-layout", json!({"imageLayoutVersion": "1.0.0"}))
    }

    /// Stores bytes and returns their descriptor.
    fn blob(&self, media_type: &str, bytes: &[u8]) -> Result<Value> {
        let digest = hash(bytes);
        let path = self.folder.join("blobs/sha256").join(&digest);
        fs::write(&path, bytes).context(path.display())?;
        Ok(json!({"mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len()}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    /// The bytes that a descriptor names, after a look at their size and hash.
    fn follow(folder: &Path, descriptor: &Value) -> Vec<u8> {
        let digest = descriptor["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
        let bytes = fs::read(folder.join("blobs/sha256").join(digest)).unwrap();
        assert_eq!((hash(&bytes), bytes.len().into()), (digest.to_owned(), descriptor["size"].clone()));
        bytes
    }

    fn json(folder: &Path, descriptor: &Value) -> Value {
        serde_json::from_slice(&follow(folder, descriptor)).unwrap()
    }

    #[test]
    fn every_digest_leads_to_its_bytes_and_the_component_is_the_only_layer() {
        let scratch = Scratch::new("oci").unwrap();
        let path = scratch.path().join("a.wasm");
        fs::write(&path, "bytes").unwrap();
        let (imports, exports) = (vec!["wasi:http/types@0.2.9".to_owned()], vec!["x:y/z".to_owned()]);
        let component = Component { path, size: 5, imports, exports };
        let folder = scratch.path().join("oci");
        let mut layout = Layout::new(&folder).unwrap();
        let package = Package { version: "1.2.3".into(), ..Package::default() };
        let created = "2026-01-01T00:00:00Z";
        layout.add("1.2.3", &component, &package, created).unwrap();
        layout.add("1.2.3-other", &component, &package, created).unwrap();
        layout.finish().unwrap();

        let read = |name| serde_json::from_slice::<Value>(&fs::read(folder.join(name)).unwrap()).unwrap();
        assert_eq!(read("oci-layout"), json!({"imageLayoutVersion": "1.0.0"}));
        let index = read("index.json");
        assert_eq!(index["manifests"].as_array().unwrap().len(), 2);
        let first = &index["manifests"][0];
        assert_eq!(first["annotations"]["org.opencontainers.image.ref.name"], "1.2.3");
        let manifest = json(&folder, first);
        assert_eq!(manifest["layers"].as_array().unwrap().len(), 1);
        assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
        assert_eq!(follow(&folder, &manifest["layers"][0]), b"bytes");
        assert_eq!(manifest["config"]["mediaType"], "application/vnd.wasm.config.v0+json");
        let config = json(&folder, &manifest["config"]);
        assert_eq!(config["layerDigests"], json!([manifest["layers"][0]["digest"]]));
        assert_eq!((&config["os"], &config["architecture"]), (&json!("wasip2"), &json!("wasm")));
        assert_eq!(config["component"]["exports"], json!(["x:y/z"]));
    }
}
