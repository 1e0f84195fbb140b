using System.Text.Json.Nodes;

namespace CnpgRestore.OperatorStandIn.Kubernetes;

/// <summary>What every Kubernetes object says about itself.</summary>
static class ObjectMetadata
{
    extension(JsonObject item)
    {
        public string Name => item.Text("metadata", "name") ?? "";

        public string Namespace => item.Text("metadata", "namespace") ?? "";

        public string Uid => item.Text("metadata", "uid") ?? "";

        public bool IsBeingDeleted => item.At("metadata", "deletionTimestamp") is not null;

        public string? Label(string name) => item.Text("metadata", "labels", name);

        public string? Annotation(string name) => item.Text("metadata", "annotations", name);

        public bool HasOwner => item.Items("metadata", "ownerReferences").Any();

        /// <summary>As the owner of other objects: when it goes, the garbage collector deletes them.</summary>
        public JsonObject OwnerReference() => new()
        {
            ["apiVersion"] = item.Text("apiVersion"),
            ["kind"] = item.Text("kind"),
            ["name"] = item.Name,
            ["uid"] = item.Uid,
            ["controller"] = true,
        };
    }
}
