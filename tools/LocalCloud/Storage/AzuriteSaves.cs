using System.Text.RegularExpressions;

namespace ServerlessScale.Local.Storage;

/// <summary>
/// Tells the user when Azurite cannot save its databases, from the lines that run-azurite.cjs prints. Azurite itself keeps confirming
/// writes to tables, because it saves them later. The calls must not overlap.
/// </summary>
internal sealed partial class AzuriteSaves(string folder, Action<string>? tell)
{
    private readonly HashSet<string> _unsaved = new(StringComparer.Ordinal);

    public void Take(string line)
    {
        if (Failed().Match(line) is { Success: true } failed)
        {
            if (_unsaved.Add(failed.Groups["file"].Value) && _unsaved.Count == 1)
            {
                tell?.Invoke(
                    (line.Contains("ENOSPC", StringComparison.Ordinal)
                        ? $"There is no space left on the disk of the data folder {folder}. "
                        : $"Azurite cannot save its data in {folder}: {failed.Groups["reason"].Value}. ")
                    + "Azurite has confirmed writes that only its memory contains. It saves them as soon as it can. If it ends earlier, they are lost.");
            }
        }
        else if (Saved().Match(line) is { Success: true } saved)
        {
            if (_unsaved.Remove(saved.Groups["file"].Value) && _unsaved.Count == 0)
            {
                tell?.Invoke($"Azurite has saved all its data in {folder}.");
            }
        }
        else if (line.StartsWith("Azurite ends without saving ", StringComparison.Ordinal))
        {
            tell?.Invoke($"{line}. The writes that only its memory contained are lost.");
        }
    }

    [GeneratedRegex("^Azurite cannot save (?<file>.+?): (?<reason>.+)$")]
    private static partial Regex Failed();

    [GeneratedRegex("^Azurite has saved (?<file>.+)$")]
    private static partial Regex Saved();
}
