namespace SecurityGroups.Tests.Tracking;

/// <summary>The TCP rows of behaviour.md, section 2. A plain step means "allowed as established", "new" = by a rule.</summary>
public class TcpBehaviourTests
{
    // P0: egress any, ingress none; the instance opens from port 40000.
    public static TheoryData<string, string> EgressRows => new()
    {
        { "T01", "out S 1000 => new | state synSent | timeout 120 | in SA 5000/1001 | state synReceived | timeout 60 | out A 1001/5001 | in PA 5001+100/1001 | state established" },
        { "T02", "in S 5000 => NoMatchingRule | count 0" },
        { "T08", "out S 1000 => new | wait 1 | out S 1000 | wait 2 | out S 1000 | wait 4 | out S 1000 | timeout 120 | count 1" },
        { "T09", "out S 1000 => new | in RA 0/1001 | count 0 | in RA 0/1001 => InvalidState" },
        { "T09, other acknowledgment", "out S 1000 => new | in RA 0/1002 => InvalidReset | in R 0 => InvalidReset | in RA 0/1000 => InvalidReset | state synSent" },
        { "T11", "out S 1000 => new | in S 5000 | state synSent | timeout 120 | out SA 1000/5001 | state synReceived | in SA 5000/1001 => ignored | out A 1001/5001 | state established | in PA 5001+10/1001" },
        { "T11, plain ACKs", "out S 1000 => new | in S 5000 | out SA 1000/5001 | in A 5001/1001 | state established | out PA 1001+10/5001" },
        { "T14", "out S 1000+200 => new | in SA 5000/1201 | out A 1201/5001 | state established" },
        { "T14, data not acknowledged", "out S 1000+200 => new | in SA 5000/1001 | out PA 1001+200/5001 | state established" },
        { "T14, data before the third ACK", "out S 1000+200 => new | in SA 5000/1201 | in A 6001+1000/1201 | in A 5001+1000/1201 | in A 14001+1000/1201 | in A 15002+1/1201 => OutOfWindow | state synReceived | out A 1201/7001 | state established" },
        { "T14, data before the SYN-ACK", "out S 1000+200 => new | wait 5 | in PA 6001+500/1201 => ignored | in A 5001+1000/1201 => ignored | state synSent | timeout 115 | in SA 5000/1201 | out A 1201/6501 | state established | in PA 6501+10/1201" },
        { "T14, the FIN before the SYN-ACK", "out S 1000+200 => new | in FA 5101/1201 => ignored | in PA 5001+100/1201 => ignored | in SA 5000/1201 | out FA 1201/5102 | state finWait" },
        { "T14, data before the SYN-ACK of someone else", "out S 1000+200 => new | in PA 5001+900/1202 => ignored | in PA 5001+900/1000 => ignored | in FA 5001+900/1000 => InvalidState | in SA 5000/1201 | out A 1201/5002 => InvalidAcknowledgment" },
        { "T14, more than was offered before the SYN-ACK", "out S 1000+200 => new | in PA 50001+900/1201 => ignored | in SA 5000/1201 | out A 1201/50901 => InvalidAcknowledgment | out A 1201/5001 | state established" },
        { "T14, data before the SYN-ACK of a SYN that was replaced", "out S 1000+200 => new | in PA 5001+900/1201 => ignored | out S 9000 | in SA 5000/9001 | out A 9001/5901 => InvalidAcknowledgment | out A 9001/5001 | state established" },
        { "T14, a SYN-ACK with data", "out S 1000+200 => new | in SA 5000+100/1201 | in A 15001+1/1201 | in A 15003+1/1201 => OutOfWindow" },
        { "T16", "out S 1000 ws7 => new | in SA 5000/1001 ws7 | out A 1001/5001 w100 | in A 17001+100/1001" },
        { "T16, one side only", "out S 1000 ws7 => new | in SA 5000/1001 | out A 1001/5001 w100 | in A 17001+100/1001 => OutOfWindow" },
        { "T17", "out S 1000 ws200 => new | in SA 5000/1001 ws15 | out A 1001/5001 w1 | in A 21385+1/1001 | in A 21386+1/1001 => OutOfWindow" },
        { "T21", "out S 1000 => new | wait 121 | in SA 5000/1001 => InvalidState" },
        { "T23", "out S 1000 => new | in SA 5000/1001 :5001 => InvalidState" },
        { "a SYN-ACK to nothing that was sent", "out S 1000 => new | in SA 5000/1002 => InvalidAcknowledgment | in SA 5000/4294902000 => ignored | state synSent | in SA 5000/1001 | state synReceived" },
        { "a SYN-ACK below the SYN", "out S 1000 => new | wait 5 | in SA 5000/1000 => ignored | in SA 7000/900 => ignored | state synSent | timeout 115 | in SA 5000/1001 | out A 1001/5001 | state established" },
        { "a SYN-ACK below a SYN with data", "out S 1000+200 => new | in SA 5000/1000 => ignored | in SA 5000/1202 => InvalidAcknowledgment | in SA 5000/1100 | state synReceived" },
        { "a SYN-ACK below a SYN at the wrap", "out S 4294967295 => new | in SA 5000/4294967295 => ignored | in SA 5000/0 | state synReceived" },
        { "half open: the window of what begins again", "E | out S 700000 => ignored | in SA 9000/700001 | state synReceived | out A 700001/9001 | state established | timeout 7440 | in PA 19002+10/700001 => OutOfWindow | in PA 19001+10/700001" },
        { "half open: data right behind the SYN-ACK", "E | out S 700000 => ignored | in SA 9000/700001 | in A 12001+100/700001 | in A 19002+1/700001 => OutOfWindow" },
        { "half open: numbers beyond the half of the space", "E | out S 3000000000 => ignored | in SA 9000/3000000001 | out A 3000000001/9001 | out PA 3000000001+100/9001 | out PA 3000000101+100/9001 | state established" },
        { "half open: one challenge in LAST-ACK, then the last acknowledgment", "E | out FA 1001/5001 | in FA 5001/1001 | out S 700000 => ignored | in A 5002/1001 => ignored | state lastAck | in A 5002/1002 | state timeWait" },
        { "T14, data before the SYN-ACK, beyond the half of the space", "out S 1000+200 => new | in PA 3000000001+500/1201 => ignored | in PA 3000000501+500/1201 => ignored | in SA 3000000000/1201 | out A 1201/3000001001 | state established" },
        { "T16, the window of a SYN-ACK is not scaled", "out S 1000 ws7 => new | in SA 5000/1001 w1000 ws7 | out A 1001/5001 | out A 2002+1/5001 => OutOfWindow | out A 2001+1/5001" },
        { "a SYN with a lower number replaces nothing", "out S 9000 => new | out S 1000 | in SA 5000/1001 => ignored | in SA 5000/9001 | state synReceived" },
        { "a SYN with a higher number replaces the one before", "out S 1000 => new | out S 9000 | in SA 5000/9001 | out A 9001/5001 | state established" },
        { "data in SYN-SENT", "out S 1000 => new | out A 1001+5/1 => InvalidState | in A 5001/1001 => ignored | state synSent" },
        { "E01", "E | in A 5001+1000/1001 | timeout 300 | out A 1001/6001 | timeout 7440" },
        { "E02", "E | in A 15001+1/1001 | in A 15002+1/1001 => OutOfWindow" },
        { "E04", "E | out A 1001/50001 => InvalidAcknowledgment" },
        { "E05", "out S 1000 ws7 => new | in SA 5000/1001 ws7 | out A 1001/5001 w60000 | in A 5001+60000/1001 | in A 65001+60000/1001 | in A 125001+60000/1001 | in A 185001+20000/1001 | out A 1001/205001 w60000 | out A 1001/135001 w1 => allow" },
        { "E05, unscaled", "E | in A 5001+10000/1001 | out A 1001/15001 | in A 15001+10000/1001 | out A 1001/25001 | in A 25001+10000/1001 | out A 1001/35001 | in A 35001+10000/1001 | out A 1001/45001 | in A 45001+10000/1001 | out A 1001/55001 | in A 55001+10000/1001 | out A 1001/65001 | in A 65001+10000/1001 | out A 1001/75001 | wait 5 | out A 1001/5001 => ignored | timeout 7435" },
        { "E06", "E | in A 15002+100/1001 => OutOfWindow | out A 1001/15102 | in A 15102+100/1001" },
        { "E07", "E | wait 100 | out A 1000/5001 | in A 5001/1001 | timeout 7440 | wait 100 | out A 1000+1/5001 | in A 5001/1001 | timeout 7440" },
        { "E07, one octet, many times", "E | wait 7000 | out A 1000+1/5001 | in A 5001/1001 | wait 7000 | out A 1000+1/5001 | in A 5001/1001 | wait 7000 | out A 1000+1/5001 | in A 5001/1001 | wait 7000 | out A 1000+1/5001 | in A 5001/1001 | timeout 7440" },
        { "E08", "E | in A 5001/1001 w0 | timeout 300 | out A 1001+1/5001 | in A 5001/1001 w0 | timeout 300 | in A 5001/1002 | timeout 7440" },
        { "E09", "E | out PA 1001+100/5001 | out PA 1001+100/5001 | out PA 1001+100/5001 | out PA 1001+100/5001 | timeout 300" },
        { "E10", "E | in R 5001 | state close | timeout 10" },
        { "E12", "E | in R 4000 => InvalidReset | in R 0 => InvalidReset | in R 16002 => InvalidReset | state established" },
        { "E10, whatever stands in a field that does not count", "E | in R 5001/77777 | state close" },
        { "E12, acknowledging nothing", "E | in RA 3000000000/0 => InvalidReset | in R 3000000000/0 => InvalidReset | state established" },
        { "E12, a SYN was let pass, and neither its sender nor a reset without ACK refuses it", "E | out S 700000 => ignored | out RA 3000000000/700001 => InvalidReset | in R 3000000000/700001 => InvalidReset | state established | in RA 0/700001 | state close" },
        { "E13, inside the segment or beyond it", "E | in PA 5001+100/1001 | in R 5050 => ignored | in R 5102 => ignored | state established" },
        { "E13, the receiver spoke since", "E | in PA 5001+100/1001 | out A 1001/5001 | in R 5101 => ignored | state established | in R 5001 | state close" },
        { "a reset in the window once the connection is closing", "E | out FA 1001/5001 | in R 5002 | state close" },
        { "E12, in the window but not exact", "E | wait 10 | in R 5002 => ignored | state established | timeout 7430" },
        { "E13", "E | in PA 5001+100/1001 | in R 5101 | state close" },
        { "E15", "E | in S 777 => InvalidState | state established" },
        { "SYN of the initiator", "E | wait 10 | out S 777 => ignored | state established | timeout 7430" },
        { "E16", "E | in SA 5000/1001 => ignored | state established" },
        { "E17", "out S 1000 sackok => new | in SA 5000/1001 sackok | out A 1001/5001 | in A 5001/1001 sack1100 => InvalidAcknowledgment | out PA 1001+500/5001 | in A 5001/1001 sack1400" },
        { "E18", "out S 4294967040 => new | in SA 5000/4294967041 | out A 4294967041/5001 | out PA 4294967041+1000/5001 | in A 5001/745 | out PA 745+10/5001 | state established" },
        { "C01", "E | out FA 1001/5001 | state finWait | in A 5001/1002 | state closeWait | in FA 5001/1002 | state lastAck | timeout 30 | out A 1002/5002 | state timeWait | timeout 120" },
        { "C02", "E | out FA 1001/5001 | in A 5001/1002 | wait 200 | in A 5001+10/1002 | out A 1002/5011 | wait 200 | in A 5011+10/1002 | out A 1002/5021 | wait 200 | in A 5021+10/1002 | state closeWait | timeout 240" },
        { "C03", "E | out FA 1001/5001 | in FA 5001/1001 | state lastAck | out A 1002/5002 | in A 5002/1002 | state timeWait" },
        { "C04", "E | out FA 1001/5001 | in FA 5001/1002 | out A 1002/5002 | state timeWait | out S 90000 => new | state synSent | count 1" },
        { "C06", "E | out FA 1001/5001 | in FA 5001/1002 | out A 1002/5002 | wait 20 | in R 5002 => ignored | state timeWait | timeout 100 | in R 4294906297 => InvalidReset | wait 100 | in R 5002 => InvalidState" },
        { "late answers of an end that is gone", "E | in PA 5001+100/1001 | out FA 1001/5101 | state finWait | wait 5 | in R 5001 => ignored | in R 4294906397 => ignored | in R 4294906396 => InvalidReset | state finWait | timeout 235" },
        { "late answers after the close", "E | out FA 1001/5001 | in FA 5001/1002 | out A 1002/5002 | state timeWait | wait 20 | in R 5001 => ignored | out R 1001 => ignored | state timeWait | timeout 100" },
        { "C04, the old SYN once more", "E | out FA 1001/5001 | in FA 5001/1002 | out A 1002/5002 | wait 20 | out S 1000 => ignored | out S 1001 => ignored | out S 4294902298 => ignored | state timeWait | timeout 100 | in FA 5001/1002 | out A 1002/5002 | out S 4294902297 => new | state synSent" },
        { "C04, the next number", "E | out FA 1001/5001 | in FA 5001/1002 | out A 1002/5002 | out S 1002 => new | state synSent" },
        { "fast open, both SYNs once more behind data", "out S 1000 => new | in SA 5000/1001 | in PA 5001+3000/1001 | out S 1000 => ignored | in SA 5000/1001 => ignored | out A 1001/8001 | state established" },
        { "the SYN once more, and a responder that took it for new", "E | out PA 1001+900/5001 | out S 1000 => ignored | in SA 900000/1001 => ignored | in PA 5001+1460/1901 | out A 1901/6461" },
        { "SYN-RECEIVED, the initiator begins again", "out S 1000 => new | in SA 5000/1001 | out S 900 => ignored | in SA 7000/901 | out A 901/7001 | state established" },
        { "SYN-RECEIVED, the initiator begins again and is answered below", "out S 1000 => new | in SA 5000/1001 | out S 900 => ignored | in SA 4000/901 | out A 901/4001 | state established" },
        { "half open: a SYN as far back as what may lag", "E | out S 4294902296 => ignored | in SA 900000/4294902297 => ignored | state established" },
        { "half open: a SYN further back than what may lag", "E | out S 4294902295 => ignored | in SA 900000/4294902296 | state synReceived" },
        { "fast open, a SYN behind early data", "out S 1000 => new | in PA 5001+100/1001 => ignored | in S 90000 => InvalidState | state synSent | in SA 5000/1001 | out A 1001/5101 | state established" },
        { "LAST-ACK, a SYN and what answers it", "E | out FA 1001/5001 | in FA 5001/1002 | state lastAck | out S 90000 => ignored | in A 5002/90000 => InvalidAcknowledgment | state lastAck | in A 5002/1002 => ignored | state lastAck | in A 5002/1002 | state timeWait" },
        { "C07, the old SYN once more", "E | in R 5001 | state close | wait 5 | out S 1000 => ignored | state close | timeout 5 | in RA 0/1001 | out A 1001/5001 | out S 1001 => new" },
        { "late answers to the SYN", "out S 1000 => new | in SA 3000000000/1001 | out A 1001/3000000001 | in RA 0/1001 => InvalidReset | out FA 1001/3000000001 | in FA 3000000001/1002 | out A 1002/3000000002 | state timeWait | wait 20 | in RA 0/1001 => ignored | in RA 0/4294902298 => ignored | in RA 0/1003 => InvalidReset | in RA 0/4294902297 => InvalidReset | in RA 1/1001 => InvalidReset | in R 0 => InvalidReset | state timeWait | timeout 100" },
        { "late answers after a reset", "E | in PA 5001+100/1001 | out A 1001/5101 | in R 5101 | state close | wait 5 | in R 5001 => ignored | state close | timeout 5" },
        { "C07", "E | in R 5001 | state close | out S 90000 => new | state synSent" },
        { "C09", "E | out FA 1001/5001 | in FA 5001/1002 | state lastAck | in FA 5001/1002 | state lastAck" },
        { "C10", "E | wait 10 | in FA 25001/1001 => OutOfWindow | state established | timeout 7430" },
        { "C11", "E | wait 7441 | in A 5001+10/1001 => NotSyn" },
        { "C12", "E | wait 7200 | out A 1000/5001 | in A 5001/1001 | timeout 7440" },
        { "C14", "E | wait 100 | out A 1001/5001 | wait -10 | in A 5001/1001 | timeout 7440 | wait 10 | out A 1001/5001 | timeout 7440" },
        { "C15", "E | wait 5000 | out A 1001/5001 | wait 5000 | out A 1001/5001 | timeout 7440" },
        { "F05", "out SEC 1000 => new | in SAE 5000/1001 | out A 1001/5001 | state established" },
        { "F06", "out SP 1000+10 => new | state synSent" },
        { "F07", "out SU 1000 => new | state synSent" },
        { "F01 to F03", "E | in F 5001 => BadFlags | in SF 5001 => BadFlags | in FPU 5001 => BadFlags | in SR 5001 => BadFlags | state established" },
        { "S35", "out S 1000 => new | in SA 5000/1001 | wait 61 | in PA 5001+10/1001 => NotSyn" },
        { "half-open: the reset that answers a stale segment", "out S 1000 => new | in A 5000/700 => ignored | out R 700 => ignored | in A 5000/90000 => ignored | out R 90000 => ignored | in SA 5000/1001 | state synReceived" },
        { "S37", "in SA 1/1 => InvalidState | in A 1/1 => NotSyn | in R 1 => InvalidState | in PA 1+1/1 => NotSyn | in SF 1 => BadFlags | count 0" },
    };

    // P1: ingress to port 22 only, no egress; the remote end opens.
    public static TheoryData<string, string> IngressRows => new()
    {
        { "T03", "in S 5000 => new | out SA 1000/5001 | in A 5001/1001 | out PA 1001+100/5001 | state established" },
        { "T04", "in SA 5000/1 => InvalidState" },
        { "T05", "in FA 5000/1 => InvalidState | in R 5000 => InvalidState" },
        { "T06", "in A 5000/1 => NotSyn" },
        { "T18", "in S 5000 => new | out SA 1000/5001 | in S 5000 => ignored | out SA 1000/5001 => ignored | state synReceived | in A 5001/1001 | state established" },
        { "T19", "in S 5000 => new | out RA 0/5001 | count 0" },
        { "T20", "in S 5000 => new | out SA 1000/5001 | wait 61 | in A 5001/1001 => NotSyn" },
        { "C08", "in S 5000 => new | out SA 1000/5001 | in FA 5001/1001 | state finWait" },
        { "the initiator gives up", "in S 5000 => new | in R 5001 | count 0" },
        { "a blind reset of an attempt to connect", "in S 5000 => new | in R 5000 => ignored | in R 5002 => ignored | in R 4000 => ignored | out SA 1000/5001 | in A 5001/1001 | state established" },
        { "the initiator gives up a SYN with data", "in S 5000+100 => new | in R 5101 | count 0" },
        { "RFC 9293, figure 9: an old SYN comes first", "in S 5000 => new | out SA 1000/4991 => ignored | in R 4991 => ignored | out SA 1400/5001 | in A 5001/1401 | state established" },
    };

    public static TheoryData<string, string> LooseRows => new()
    {
        { "T04", "in SA 5000/1 => InvalidState" },
        { "T06", "in A 5000/1001 => new | state established | timeout 300 | out A 1001/5000 | timeout 7440" },
        { "windows of a picked-up connection are not enforced", "in A 5000/1001 w10 => new | out PA 1001+100/5000 w10 | in PA 5000+60000/1101 w10 | out A 1101/65000 w10 | out PA 1101+60000/65000 w10 | state established" },
        { "a picked-up connection given up by who was seen", "in A 5000/1001 => new | in R 900000 | count 0" },
        { "a picked-up connection, a reset of the past", "in A 5000/1001 => new | out R 900 => InvalidReset | count 1" },
        { "a picked-up connection refused", "in A 5000/1001 => new | out R 1001 | count 0" },
    };

    [Theory]
    [MemberData(nameof(EgressRows))]
    public void Tcp_OpenedByTheInstance_BehavesAsTheRowSays(string row, string script)
    {
        _ = row;
        InBothFamilies(script, 40_000, TestRules.EgressOnly, new ConnectionTrackingOptions { MaxConnections = 64 });
    }

    [Theory]
    [MemberData(nameof(IngressRows))]
    public void Tcp_OpenedByTheRemoteEnd_BehavesAsTheRowSays(string row, string script)
    {
        _ = row;
        InBothFamilies(script, 22, TestRules.IngressSsh, new ConnectionTrackingOptions { MaxConnections = 64 });
    }

    [Theory]
    [MemberData(nameof(LooseRows))]
    public void Tcp_WithLoosePickUp_BehavesAsTheRowSays(string row, string script)
    {
        _ = row;
        InBothFamilies(script, 22, TestRules.IngressSsh, new ConnectionTrackingOptions { MaxConnections = 64, PickUp = PickUp.Loose });
    }

    [Fact]
    public void Tcp_WithPickUpAtEgressOnly_TakesUpOnlyWhatLeaves()
    {
        ConnectionTrackingOptions options = new() { MaxConnections = 64, PickUp = PickUp.LooseEgressOnly };
        InBothFamilies("in A 5000/1001 => NotSyn | out A 1001/5000 => new | in A 5000/1001 | timeout 7440", 22, (_, _) => true, options);
    }

    [Fact]
    public void Tcp_WithWindowCheckLog_PassesAndCountsWhatIsOutside()
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 64, WindowCheck = WindowCheck.Log });
        harness.Rules.Replace(TestRules.EgressOnly);
        TcpScript.Run(harness, "E | in A 5001+1/1001 | in A 15102+100/1001 | out A 1001/500001 | in R 4000 => ignored | state established");
        Assert.Equal(3, harness.Tracker.FindZone(harness.Zone)!.Tolerated);
    }

    [Fact]
    public void Tcp_WithWindowCheckOff_PassesWhatIsOutsideAndKeepsTheTimersGoing()
    {
        ConnectionTrackingOptions options = new() { MaxConnections = 64, WindowCheck = WindowCheck.Off };
        InBothFamilies(
            "E | wait 7000 | in A 900000+100/1 | timeout 7440 | in R 4000 => ignored | state established", 40_000, TestRules.EgressOnly, options);
        InBothFamilies("E | wait 100 | in A 3000000000+1/1001 | timeout 7440", 40_000, TestRules.EgressOnly, options);
    }

    [Theory]
    [InlineData(WindowCheck.Off)]
    [InlineData(WindowCheck.Log)]
    public void Tcp_CountsAsTolerated_OnlyWhatItWouldRefuse(WindowCheck check)
    {
        TrackerHarness harness = new(options: new ConnectionTrackingOptions { MaxConnections = 64, WindowCheck = check, PickUp = PickUp.Loose });
        harness.Rules.Replace(TestRules.EgressOnly);
        TcpScript.Run(harness, "out A 1001/5001 w10 => new | in PA 5001+100/1001 w10 | out PA 90000+10/5101 w10");
        TcpScript.Run(harness, check == WindowCheck.Off ? "E | in A 900000+100/1" : "E", localPort: 40_001);
        Assert.Equal(0, harness.Tracker.FindZone(harness.Zone)!.Tolerated);
    }

    private static void InBothFamilies(string script, int localPort, Func<Direction, SecurityGroups.Tracking.FlowKey, bool> rules, ConnectionTrackingOptions options)
    {
        foreach (bool isIPv6 in (bool[])[false, true])
        {
            TrackerHarness harness = new(isIPv6, options);
            harness.Rules.Replace(rules);
            TcpScript.Run(harness, script, localPort);
        }
    }
}
