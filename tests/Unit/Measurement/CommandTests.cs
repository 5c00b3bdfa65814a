using System.CommandLine;
using ServerlessScale.Measurement;

namespace ServerlessScale.Tests.Unit.Measurement;

public sealed class CommandTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("11")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public void A_number_option_outside_its_limits_is_rejected(string value)
    {
        var error = Assert.Single(Root(out _).Parse(["--runs", value]).Errors);

        Assert.Equal("--runs must be a whole number from 1 to 10.", error.Message);
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("--runs 10", 10)]
    public void A_number_option_has_a_default_value(string arguments, int expected)
    {
        var parsed = Root(out var runs).Parse(arguments);

        Assert.Empty(parsed.Errors);
        Assert.Equal(expected, parsed.GetValue(runs));
    }

    [Fact]
    public async Task A_command_exits_with_0_after_success_and_1_after_failure()
    {
        Assert.Equal(0, await RunAsync(() => { }));
        Assert.Equal(1, await RunAsync(() => throw new CommandException("No disk.")));
        Assert.Equal(1, await RunAsync(() => throw new OperationCanceledException()));
        Assert.Equal(1, await RunAsync(() => throw new InvalidOperationException("a defect")));
        Assert.Equal(1, await CommandRun.InvokeAsync(new RootCommand(), ["--unknown"]));
    }

    [Fact]
    public void A_Markdown_table_aligns_columns_and_escapes_bars()
    {
        var table = new MarkdownTable("key", "rate");
        table.Add("a|b", "12345");
        table.Add("c");
        using var output = new StringWriter { NewLine = "\n" };
        table.Write(output);

        Assert.Equal(
            """
            | key  |  rate |
            | ---- | ----: |
            | a\|b | 12345 |
            | c    |       |

            """,
            output.ToString());
    }

    private static Task<int> RunAsync(Action action)
    {
        var root = new RootCommand();
        root.SetAction(_ => action());
        return CommandRun.InvokeAsync(root, []);
    }

    private static RootCommand Root(out Option<int> runs)
    {
        runs = NumberOption.Create("--runs", "Runs.", 5, 1, 10);
        return [runs];
    }
}
