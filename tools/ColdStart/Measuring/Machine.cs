using System.Runtime.InteropServices;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>Where a run was measured: figures of different machines are not to be compared.</summary>
internal sealed record Machine(string System, string Architecture, int Cores, string Runtime)
{
    public static Machine This { get; } = new(
        RuntimeInformation.OSDescription, RuntimeInformation.OSArchitecture.ToString(), Environment.ProcessorCount, RuntimeInformation.FrameworkDescription);
}
