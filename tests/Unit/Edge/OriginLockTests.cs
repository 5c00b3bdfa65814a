using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Edge;

namespace ServerlessScale.Tests.Unit.Edge;

public sealed class OriginLockTests
{
    private const string FrontDoor = "7f1c0f0e-5a34-4a2c-9d50-6c1f0c4b8a11";

    [Fact]
    public void All_requests_are_accepted_when_no_Front_Door_is_configured()
    {
        Assert.Null(Check(frontDoorId: ""));
    }

    [Theory]
    [InlineData(FrontDoor)]
    [InlineData("7F1C0F0E-5A34-4A2C-9D50-6C1F0C4B8A11")]
    public void A_request_through_Front_Door_is_accepted(string header)
    {
        Assert.Null(Check(FrontDoor, header));
    }

    [Theory]
    [InlineData()]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("not-an-id")]
    [InlineData(FrontDoor + "," + FrontDoor)]
    [InlineData("00000000-0000-0000-0000-000000000000", FrontDoor)]
    public void A_request_that_bypasses_Front_Door_gets_403(params string[] headers)
    {
        var problem = Check(FrontDoor, headers);

        Assert.NotNull(problem);
        Assert.Equal((403, "not-through-edge"), (problem.Status, problem.Code));
    }

    [Fact]
    public void A_Front_Door_id_that_is_not_a_GUID_is_rejected()
    {
        var result = new EdgeOptionsValidator().Validate(null, new EdgeOptions { FrontDoorId = "shop" });

        Assert.True(result.Failed);
        Assert.Contains("Edge:FrontDoorId", result.FailureMessage, StringComparison.Ordinal);
    }

    private static Shared.Problems.Problem? Check(string frontDoorId, params string[] headers)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[OriginLock.Header] = headers;
        return new OriginLock(Options.Create(new EdgeOptions { FrontDoorId = frontDoorId })).Check(http.Request);
    }
}
