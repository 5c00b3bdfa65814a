using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.ShardAdvisor.Cosmos;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class RequestChargeTests
{
    [Theory]
    [InlineData(1, 1.00, 4.95)]
    [InlineData(1024, 1.00, 4.95)]
    [InlineData(2048, 1.04, 6.29)]
    [InlineData(3072, 1.09, 6.48)]
    [InlineData(102_400, 7.679375, 37.025)]
    [InlineData(2_097_152, 291.80, 1250.00)]
    public void Request_charges_match_and_interpolate_the_documented_values(int bytes, double read, double write)
    {
        Assert.Equal(read, RequestCharge.Read(bytes), precision: 6);
        Assert.Equal(write, RequestCharge.Write(bytes), precision: 6);
    }

    [Fact]
    public void The_charge_for_creating_an_order_includes_every_write() =>
        Assert.Equal(6.29 + 6.29 + 6.29 + 4.95, RequestCharge.Create(2048), precision: 6);

    [Fact]
    public void A_larger_item_never_costs_less() =>
        Prop.ForAll<uint, uint>((some, more) =>
        {
            var (small, large) = ((int)(some % 2_097_152), (int)(more % 2_097_152));
            (small, large) = (Math.Min(small, large), Math.Max(small, large));
            return RequestCharge.Read(small) <= RequestCharge.Read(large) && RequestCharge.Write(small) <= RequestCharge.Write(large);
        }).QuickCheckThrowOnFailure();
}
