using System.Diagnostics;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>A tmpfs of a limited size that is mounted on a folder until it is disposed. The test is skipped where tmpfs cannot be mounted.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <param name="folder">An existing folder.</param>
    /// <param name="size">The size in the format of mount(8), such as <c>4m</c>.</param>
    public static SmallDisk MountOn(string folder, string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has tmpfs.");
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder), "Only root can mount a file system.");
        return new SmallDisk(folder);
    }

    public void Dispose() => Run("umount", _folder);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
