using ServerlessScale.ColdStart.Measuring;

namespace ServerlessScale.Tests.Integration.ColdStarts;

/// <summary>
/// What a cold start of the published app does, counted. Counts hardly differ from one start to the next and do not depend on how busy the
/// machine is, so a limit that is passed means that something was added: a scan at start-up, a client that is made too early, a package.
/// Raise a limit only with a reason that is worth its cold-start time.
/// </summary>
public sealed class StartupBudgetTests(PublishedApp app, ITestOutputHelper output) : IClassFixture<PublishedApp>
{
    // Recorded with .NET 10.0.12 on x64 Linux under loads of 8 to 22: 1954 to 1993, 160, 4.18 to 4.3 MB, 64.22 MB, 26.51 MB. The margin
    // is 3 % of methods (a patch of .NET moves some), two assemblies, 5 % of allocated memory and 2 % of the package; a whole slice that is
    // wired up at start, or a library that joins the package, needs more than that.
    private const long MostMethodsJitted = 2_050;
    private const long MostAssemblies = 162;
    private const long MostAllocatedBytes = 4_500_000;
    private const long MostPackageBytes = 65_500_000;
    private const long MostZipBytes = 27_000_000;

    [Fact]
    public void The_app_compiles_few_methods_at_its_start() => Check("methods jitted", app.Counts.MethodsJitted, MostMethodsJitted);

    [Fact]
    public void The_app_loads_few_assemblies_at_its_start() => Check("assemblies", app.Counts.Assemblies, MostAssemblies);

    [Fact]
    public void The_app_allocates_little_before_its_first_answer() => Check("allocated bytes", app.Counts.AllocatedBytes, MostAllocatedBytes);

    [Fact]
    public void The_package_is_small()
    {
        var size = PackageSize.Of(app.Subject.Directory);

        Check("package bytes", size.Bytes, MostPackageBytes);
        Check("zip bytes", size.ZipBytes, MostZipBytes);
    }

    private void Check(string what, long? count, long most)
    {
        output.WriteLine($"{what}: {count}, limit {most}");
        Assert.True(count > 0, $"The app did not tell its {what}.");
        Assert.True(count <= most, $"{count} {what} are more than the limit of {most}.");
    }
}
