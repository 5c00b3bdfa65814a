namespace ServerlessScale.Tests.Integration.Cart;

public sealed class CartHttpOnRedisTests(CartCloudOnRedis cloud) : CartHttpContract(cloud), IClassFixture<CartCloudOnRedis>;
