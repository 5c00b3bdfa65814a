using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

internal static class ColdStartsRegistration
{
    /// <summary>The setting in which LocalCloud passes an instance its name. Instances in Azure do not have this setting.</summary>
    private const string InstanceNameSetting = "InstanceName";

    /// <summary>
    /// Adds the middleware and the services that record every invocation. Must be called before any other middleware is added, so that
    /// the recorded duration includes all other middleware.
    /// </summary>
    /// <param name="builder">The app.</param>
    /// <param name="timeline">The timeline that the first line of <c>Program.cs</c> creates.</param>
    public static FunctionsApplicationBuilder AddColdStarts(this FunctionsApplicationBuilder builder, StartupTimeline timeline)
    {
        ((IHostApplicationBuilder)builder).ConfigureContainer(
            new TimedServiceProviderFactory(timeline, builder.Environment.IsDevelopment()));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(timeline);
        builder.Services.AddSingleton(_ => InstanceId.Create(builder.Configuration[InstanceNameSetting]));
        builder.Services.AddSingleton(services => new InvocationJournal(
            services.GetRequiredService<TableServiceClient>, services.GetRequiredService<InstanceId>()));
        builder.Services.AddSingleton<InvocationMetrics>();
        builder.Services.AddSingleton<MemoryGauge>();
        builder.Services.AddSingleton<ColdStartReader>();
        builder.Services.AddSingleton<InvocationRetention>();
        builder.Services.AddSingleton<HttpPipelinePolicy, FirstDependencyCallPolicy>();
        builder.Services.AddSingleton<IFunctionMetadataTransformer, FunctionsIndexedMark>();
        builder.Services.AddHostedService<InvocationJournalWriter>();
        builder.UseMiddleware<InvocationMiddleware>();
        return builder;
    }
}
