using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.Tests.Unit.SmokeTest;

public sealed class ReportTests
{
    private static readonly CheckResult Ok = new("live", CheckStatus.Ok, "healthy", 12.3, Problem: null);
    private static readonly CheckResult Skipped = new("purge", CheckStatus.Skipped, "No purge command.", 0, Problem: null);

    private static readonly CheckResult Failed = new(
        "product", CheckStatus.Failed, "The price is too high", 1234, new("The price is too high", "PUT /api/products/mug responded with 422.", "/price"));

    [Fact]
    public void The_table_shows_each_check_and_the_problems_below()
    {
        using var output = new StringWriter { NewLine = "\n" };
        Report.Of(new Uri("https://shop.example.com"), [Ok, Failed, Skipped]).WriteTable(output);

        Assert.Equal(
            """
            | Check   | Result  | Detail                | Duration |
            | ------- | ------- | --------------------- | -------: |
            | live    | ok      | healthy               |   0.01 s |
            | product | failed  | The price is too high |   1.23 s |
            | purge   | skipped | No purge command.     |   0.00 s |

            product: The price is too high
              PUT /api/products/mug responded with 422.
              pointer: /price

            https://shop.example.com/: 1 ok, 1 failed, 1 skipped.

            """,
            output.ToString());
    }

    [Fact]
    public void A_skipped_check_does_not_fail_the_run()
    {
        Assert.True(Report.Of(new Uri("https://shop.example.com"), [Ok, Skipped]).Passed);
        Assert.False(Report.Of(new Uri("https://shop.example.com"), [Ok, Failed]).Passed);
    }
}
