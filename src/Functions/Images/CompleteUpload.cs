using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

/// <summary><c>POST /api/uploads/{id}/complete</c>: the bytes are there, make the variants.</summary>
public sealed class CompleteUpload(DirectUploads uploads)
{
    [Function(nameof(CompleteUpload))]
    [RequireScope("images.write")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/uploads/{id}/complete")] HttpRequest request, string id)
    {
        var outcome = await uploads.CompleteAsync(id, request.HttpContext.CustomerId(), request.HttpContext.RequestAborted);
        return outcome.Succeeded(out var image, out var problem) ? AcceptedResult.Of(image, request) : problem.ToResult();
    }
}
