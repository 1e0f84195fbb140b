using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Util;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>
/// Puts Content-MD5 on every request that must have a checksum (DeleteObjects, PutObjectTagging) in place of the SDK's x-amz-checksum-crc32. It is what AWS
/// and every store like it has taken from the beginning. Some know nothing else and answer 400 MissingContentMD5
/// (https://github.com/EMCECS/ECS-CommunityEdition/issues/584), some refuse the newer header (https://github.com/gaul/s3proxy/issues/962).
/// </summary>
sealed class ContentMD5 : PipelineHandler
{
    public override void InvokeSync(IExecutionContext executionContext)
    {
        Choose(executionContext.RequestContext.Request);
        base.InvokeSync(executionContext);
    }

    public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        Choose(executionContext.RequestContext.Request);
        return base.InvokeAsync<T>(executionContext);
    }

    private static void Choose(IRequest request)
    {
        if (request.ChecksumData is { IsRequestChecksumRequired: true })
        {
            // Computed by the SDK's own ChecksumHandler, which comes next.
            ChecksumUtils.SetChecksumData(request);
        }
    }
}
