using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Is called when the host asks for the functions; changes nothing.</summary>
internal sealed class FunctionsIndexedMark(StartupTimeline timeline) : IFunctionMetadataTransformer
{
    public string Name => nameof(FunctionsIndexedMark);

    public void Transform(IList<IFunctionMetadata> original) => timeline.FunctionsIndexed();
}
