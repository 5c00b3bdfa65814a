using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Scaling;

public sealed class InstanceAppTests
{
    private static readonly OriginGroup Group = EdgeRulesFile.Read(RulesFile.Path).OriginGroups[0];

    [Theory]
    [InlineData(1, "first: weight 10, priority 1; second: weight 30, priority 1")]
    [InlineData(2, "first: weight 20, priority 2")]
    [InlineData(3, "first: weight 20, priority 2")]
    public void Instance_n_uses_the_nth_origin_or_the_last_origin(int number, string expected)
    {
        var app = new InstanceApp
        {
            Name = "shop",
            Template = new()
            {
                AppDirectory = "",
                Settings = new Dictionary<string, string>(),
                WorkerSettings = new Dictionary<string, string>(),
                DataDirectory = "",
                ScheduleDirectory = "",
                Loggers = NullLoggerFactory.Instance,
            },
            OriginGroups =
            [
                Group with
                {
                    Name = "first",
                    Origins =
                    [
                        new() { Name = "one", Weight = 10, Priority = 1, Enabled = true },
                        new() { Name = "two", Weight = 20, Priority = 2, Enabled = true },
                    ],
                },
                Group with
                {
                    Name = "second",
                    Origins =
                    [
                        new() { Name = "one", Weight = 30, Priority = 1, Enabled = true },
                        new() { Name = "two", Weight = 40, Priority = 1, Enabled = false },
                    ],
                },
            ],
        };

        var origins = app.OriginsOf(number, "id", new("http://127.0.0.1:1/")).ToList();

        Assert.Equal(expected, string.Join("; ", origins.Select(origin => $"{origin.Group}: weight {origin.Weight}, priority {origin.Priority}")));
        Assert.All(origins, origin => Assert.Equal("id", origin.Id));
    }
}
