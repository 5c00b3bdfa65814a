using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Experiments;

internal static class ExperimentsRegistration
{
    /// <summary>Adds the middleware that sets the <c>X-Served-Bucket</c> response header.</summary>
    public static FunctionsApplicationBuilder AddExperiments(this FunctionsApplicationBuilder builder)
    {
        builder.UseMiddleware<ServedBucketMiddleware>();
        return builder;
    }
}
