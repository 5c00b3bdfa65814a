using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

/// <summary><c>DELETE /api/images/{id}</c>: original, variants and status, also while they are being made.</summary>
public sealed class DeleteImage(ImageRemoval removal)
{
    [Function(nameof(DeleteImage))]
    [RequireScope("images.write")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/images/{id}")] HttpRequest request, string id)
    {
        var problem = await removal.DeleteAsync(id, request.HttpContext.CustomerId(), request.HttpContext.RequestAborted);
        if (problem is not null)
        {
            return problem.ToResult();
        }

        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.NoContent();
    }
}
