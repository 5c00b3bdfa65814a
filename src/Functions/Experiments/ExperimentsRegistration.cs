using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Experiments;

internal static class ExperimentsRegistration
{
    /// <summary>Adds the response header that names the A/B experiment's bucket.</summary>
    public static FunctionsApplicationBuilder AddExperiments(this FunctionsApplicationBuilder builder)
    {
        builder.UseMiddleware<ServedBucketMiddleware>();
        return builder;
    }
}
