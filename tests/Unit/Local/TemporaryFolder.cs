namespace ServerlessScale.Tests.Unit.Local;

/// <summary>A temporary folder for a test. <see cref="Dispose"/> deletes it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("localcloud-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public string Write(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Writes a shell script that can be executed on Unix.</summary>
    public void WriteProgram(string name, string script)
    {
        var path = Write(name, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
