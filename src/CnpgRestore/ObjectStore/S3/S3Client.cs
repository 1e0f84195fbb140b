using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>The SDK's client with the checksum that every store understands.</summary>
sealed class S3Client(AWSCredentials credentials, AmazonS3Config config) : AmazonS3Client(credentials, config)
{
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.AddHandlerBefore<ChecksumHandler>(new ContentMD5());
    }
}
