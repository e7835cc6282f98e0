; `IpAddress` with IPv4 ranges: the leading bits of 32.
;
; policy 1:
;   {"Version": "2012-10-17", "Statement":
;     {"Effect": "Allow", "Action": "*", "Resource": "*",
;      "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.7"]}}}}
;
; is there a request (any requests) that is
;   allowed by: policy 1
(set-option :produce-models true)
(set-logic ALL)
(declare-const action String)
(declare-const |aws:SourceIp.is_v6| Bool)
(declare-const |aws:SourceIp.ok| Bool)
(declare-const |aws:SourceIp.present| Bool)
(declare-const |aws:SourceIp.v4| (_ BitVec 32))
(declare-const resource.account String)
(declare-const resource.arn String)
(declare-const resource.is_arn Bool)
(declare-const resource.partition String)
(declare-const resource.region String)
(declare-const resource.service String)
(assert (and
  (str.in_re action (re.* (re.union (re.range "\u{0}" "@") (re.range "[" "\u{2ffff}"))))
  (or
    (not resource.is_arn)
    (and
      (str.in_re resource.arn (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.partition (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.service (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.region (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))
      (str.in_re resource.account (re.* (re.union (re.range "\u{0}" "9") (re.range ";" "\u{2ffff}"))))))))
(assert (or (not |aws:SourceIp.present|) |aws:SourceIp.ok|))
(assert (and
  |aws:SourceIp.present|
  (or
    (and |aws:SourceIp.ok| (not |aws:SourceIp.is_v6|) (= ((_ extract 31 24) |aws:SourceIp.v4|) #x0a))
    (and |aws:SourceIp.ok| (not |aws:SourceIp.is_v6|) (= |aws:SourceIp.v4| #xc0000207)))))
(check-sat)
(get-value (action |aws:SourceIp.is_v6| |aws:SourceIp.ok| |aws:SourceIp.present| |aws:SourceIp.v4| resource.account
  resource.arn resource.is_arn resource.partition resource.region resource.service))
