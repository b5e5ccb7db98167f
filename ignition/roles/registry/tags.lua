-- Checks the tag of a manifest before the upload: sets txn.tag to free, taken or unknown. Cannot detect two concurrent
-- pushes of one new tag: the registry has no conditional upload.

-- All media types of manifests: the registry answers 404 for a type that is not listed.
local kinds = {
	"application/vnd.oci.image.index.v1+json",
	"application/vnd.oci.image.manifest.v1+json",
	"application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.docker.distribution.manifest.v2+json",
	"application/vnd.docker.distribution.manifest.v1+prettyjws",
}

core.register_action("look_up_tag", { "http-req" }, function(txn)
	local answer = core.httpclient():head({
		url = "http://registry" .. txn.sf:path(),
		dst = "unix@/run/paasmas/registry/registry.sock",
		headers = { host = { "registry" }, accept = kinds },
		timeout = 5000,
	})
	local states = { [200] = "taken", [404] = "free" }
	txn:set_var("txn.tag", answer and states[answer.status] or "unknown")
end)
