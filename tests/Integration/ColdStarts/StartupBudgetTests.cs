using ServerlessScale.ColdStart.Measuring;

namespace ServerlessScale.Tests.Integration.ColdStarts;

/// <summary>
/// Limits the work that the published app does during a cold start. The tests count the work instead of timing it, because the counts
/// hardly vary between starts and do not depend on the load on the machine. If a count exceeds its limit, a change has added work to the
/// start, for example a scan, a package, or a client that is created too early. Raise a limit only for a change that is worth a slower
/// start.
/// </summary>
public sealed class StartupBudgetTests(PublishedApp app, ITestOutputHelper output) : IClassFixture<PublishedApp>
{
    // The limits are based on measurements with .NET 10.0.12 on x64 Linux under load averages of 8 to 22. The measured values are 1950 to
    // 1999 methods, 156 to 160 assemblies, 4.80 to 4.88 MB of allocated memory, a package of 85.10 MB and a zip file of 36.15 MB. libvips
    // takes 18.5 and 8.0 MB of them, and the compressed script of the API reference 0.94 MB. The margins are two assemblies, 3 % for
    // methods (because .NET patches change the count), 5 % for allocated memory and 2 % for the package. Initializing a capability at start
    // exceeds these margins, and so does adding a library to the package.
    private const long MostMethodsJitted = 2_050;
    private const long MostAssemblies = 162;
    private const long MostAllocatedBytes = 5_120_000;
    private const long MostPackageBytes = 86_800_000;
    private const long MostZipBytes = 36_900_000;

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
