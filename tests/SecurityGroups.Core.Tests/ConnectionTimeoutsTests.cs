using System.Reflection;

namespace SecurityGroups.Tests;

/// <summary>Every idle time can be set to any value of its range, alone, and to no other.</summary>
public sealed class ConnectionTimeoutsTests
{
    private static readonly PropertyInfo[] s_members = [.. typeof(ConnectionTimeouts).GetProperties().Where(member => member.PropertyType == typeof(TimeSpan))];

    public static TheoryData<string> Members => [.. s_members.Select(member => member.Name)];

    [Fact]
    public void Members_AreOnePerClass() => Assert.Equal(16, s_members.Length);

    [Theory, MemberData(nameof(Members))]
    public void Member_TakesItsRangeAndNoMore(string name)
    {
        PropertyInfo member = s_members.Single(one => one.Name == name);
        foreach (TimeSpan good in new[] { TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1), TimeSpan.FromDays(24) - TimeSpan.FromTicks(1) })
        {
            ConnectionTimeouts changed = With(member, good);
            Assert.Equal(good, member.GetValue(changed));
            Assert.All(s_members.Where(other => other != member), other => Assert.Equal(other.GetValue(ConnectionTimeouts.Rfc), other.GetValue(changed)));
        }

        foreach (TimeSpan bad in new[] { TimeSpan.MinValue, TimeSpan.FromSeconds(-1), TimeSpan.Zero, TimeSpan.FromTicks(9_999), TimeSpan.FromDays(24), Timeout.InfiniteTimeSpan, TimeSpan.MaxValue })
        {
            Exception thrown = Assert.Throws<TargetInvocationException>(() => With(member, bad)).InnerException!;
            Assert.Equal(name, Assert.IsType<ArgumentOutOfRangeException>(thrown).ParamName);
        }
    }

    // What a with expression does.
    private static ConnectionTimeouts With(PropertyInfo member, TimeSpan value)
    {
        ConnectionTimeouts copy = ConnectionTimeouts.Rfc with { };
        member.SetValue(copy, value);
        return copy;
    }
}
