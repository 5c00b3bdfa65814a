using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Experiments;

internal static class ExperimentsRegistration
{
    public static FunctionsApplicationBuilder AddExperiments(this FunctionsApplicationBuilder builder)
    {
        builder.UseMiddleware<ServedBucketMiddleware>();
        return builder;
    }
}
