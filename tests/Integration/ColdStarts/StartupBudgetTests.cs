using ServerlessScale.ColdStart.Measuring;

namespace ServerlessScale.Tests.Integration.ColdStarts;

/// <summary>
/// Limits the work that the published app does at a cold start. The work is counted, not timed: counts hardly vary between starts and do
/// not depend on the load of the machine. When a count exceeds its limit, somebody has added work to the start, for example a scan, a
/// client that is created too early, or a package. Raise a limit only for a reason that is worth the additional cold-start time.
/// </summary>
public sealed class StartupBudgetTests(PublishedApp app, ITestOutputHelper output) : IClassFixture<PublishedApp>
{
    // Measured with .NET 10.0.12 on x64 Linux under load averages of 8 to 22: 1954 to 1993 methods, 160 assemblies, 4.18 to 4.3 MB
    // allocated, a package of 64.22 MB and a zip file of 26.51 MB. The margins are 3 % of the methods, because a patch of .NET changes
    // some, two assemblies, 5 % of the allocated memory and 2 % of the package. A capability that is set up at start, or a new library
    // in the package, exceeds these margins.
    private const long MostMethodsJitted = 2_050;
    private const long MostAssemblies = 162;
    private const long MostAllocatedBytes = 4_500_000;
    private const long MostPackageBytes = 65_500_000;
    private const long MostZipBytes = 27_000_000;

    [Fact]
    public void A_cold_start_compiles_few_methods() => Check("methods jitted", app.Counts.MethodsJitted, MostMethodsJitted);

    [Fact]
    public void A_cold_start_loads_few_assemblies() => Check("assemblies", app.Counts.Assemblies, MostAssemblies);

    [Fact]
    public void A_cold_start_allocates_little_memory() => Check("allocated bytes", app.Counts.AllocatedBytes, MostAllocatedBytes);

    [Fact]
    public void The_deployment_package_is_within_its_size_limits()
    {
        var size = PackageSize.Of(app.Subject.Directory);

        Check("package bytes", size.Bytes, MostPackageBytes);
        Check("zip bytes", size.ZipBytes, MostZipBytes);
    }

    private void Check(string what, long? count, long most)
    {
        output.WriteLine($"{what}: {count}, limit {most}");
        Assert.True(count > 0, $"The app did not report its {what}.");
        Assert.True(count <= most, $"{what}: {count} exceeds the limit of {most}.");
    }
}
