using System.Text;

namespace SecurityGroups.Tests.Model;

public sealed class PolicyJsonHostileTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{\"nics\":[")]
    [InlineData("{\"nics\":[],}")]
    [InlineData("{} {}")]
    [InlineData("// comment\n{}")]
    [InlineData("NaN")]
    [InlineData("{\"nics\":NaN}")]
    [InlineData("{\"nics\":Infinity}")]
    [InlineData("{'nics':[]}")]
    [InlineData("{\"nics\":[01]}")]
    [InlineData("{\"nics\":[\"\\x\"]}")]
    [InlineData("{\"nics\":[\"\u0001\"]}")]
    [InlineData("\uFEFF\uFEFF{}")]
    public void Read_NoJson_IsOneSyntaxError(string json) => Assert.Equal(["$ json.syntax"], PolicyErrors.Of(json));

    [Fact]
    [Trait("Semantics", "51")]
    public void Read_SyntaxError_NamesLineAndOctet() =>
        Assert.Contains("line 2, octet 11", Assert.Single(PolicyErrors.Report("{\n  \"nics\"  [] }").Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_TooDeep_IsASyntaxErrorAtTheLimit()
    {
        Assert.Equal(["$ json.syntax"], PolicyErrors.Of(new string('[', 33) + new string(']', 33)));
        Assert.Equal(["$ json.syntax"], PolicyErrors.Of(new string('[', 1_000_000)));
        Assert.Equal(["$ json.type"], PolicyErrors.Of(new string('[', 32) + new string(']', 32)));
    }

    [Fact]
    public void Read_TooLong_IsAnError()
    {
        PolicyLimits limits = new() { MaxJsonOctets = 10 };

        Assert.Equal("json.size", Assert.Single(Assert.Throws<PolicyException>(() => PolicyJson.Read("           {}"u8.ToArray(), limits)).Errors).Code);
        Assert.Equal("json.size", Assert.Single(Assert.Throws<PolicyException>(() => PolicyJson.Read(new EndlessStream(), limits)).Errors).Code);
        Assert.Equal(Policy.Empty, PolicyJson.Read("        {}"u8.ToArray(), limits));
    }

    [Theory]
    [InlineData("{\"securityGroups\":[{\"id\":\"\\uD800\"}]}", "securityGroups[0].id json.text")]
    [InlineData("{\"\\uD800\":1}", "$ json.text")]
    [InlineData("{\"securityGroups\":[{\"id\":\"g\",\"description\":\"\\uDC00\"}]}", "securityGroups[0].description json.text")]
    public void Read_LoneSurrogates_AreErrors(string json, string error) => Assert.Equal([error], PolicyErrors.Of(json));

    [Fact]
    public void Read_InvalidUtf8_IsAnError()
    {
        byte[] utf8Json = [.. "{\"securityGroups\":[{\"id\":\""u8, 0xC0, 0x80, .. "\"}]}"u8];

        Assert.False(PolicyJson.TryRead(utf8Json, out _, out PolicyReport report));
        Assert.Contains(Assert.Single(report.Errors).Code, (string[])["json.text", "json.syntax"]);
    }

    [Theory]
    [InlineData("1e999999999")]
    [InlineData("-1e999999999")]
    [InlineData("0.0000000000000000000000000000000000001")]
    [InlineData("99999999999999999999999999999999999999999999999999999999999999999999999999")]
    public void Read_HugeNumbers_AreErrors(string number) =>
        Assert.Equal(
            [".portRange.max json.type", ".portRange.min json.type", ".protocol json.type"],
            PolicyErrors.OfRule($$"""{"direction":"egress","protocol":{{number}},"portRange":{"min":{{number}},"max":{{number}} } }"""));

    [Fact]
    public void Read_MillionsOfErrors_ReportsABoundedNumber()
    {
        string json = $$"""{"nics":[{{string.Join(',', Enumerable.Repeat("0", 50_000))}}]}""";

        Assert.False(PolicyJson.TryRead(Encoding.UTF8.GetBytes(json), out _, out PolicyReport report));

        Assert.Equal(10_000, report.Errors.Length);
        Assert.Equal(("$", "limit.errors"), (report.Errors[^1].Path, report.Errors[^1].Code));
        Assert.Contains("40001 more", report.Errors[^1].Message, StringComparison.Ordinal);
        Assert.True(new PolicyException(report.Errors).Message.Length < 10_000);
    }

    [Fact]
    public void Read_HugeTexts_DoNotFillTheMessages()
    {
        string huge = new('x', 1_000_000);

        PolicyReport report = PolicyErrors.Report($$"""{"{{huge}}":1,"securityGroups":[{"id":"{{huge}}","rules":[{"direction":"{{huge}}","protocol":"{{huge}}","ipRange":"{{huge}}"}]}]}""");

        Assert.Equal(5, report.Errors.Length);
        Assert.All(report.Errors, error => Assert.True(error.ToString().Length < 400));
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            buffer.AsSpan(offset, count).Fill((byte)' ');
            return count;
        }
    }
}
