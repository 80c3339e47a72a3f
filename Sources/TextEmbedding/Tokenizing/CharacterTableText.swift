// Written by training/text_tables.py, which asked tokenizers 0.23.3 about every code point.

/// What BERT's tokenizer does with each character, as numbers to base 36.
///
/// - Source: `BertNormalizer` and `BertPreTokenizer` of the package tokenizers, without case.
enum CharacterTableText {
    /// Vanish: gap to the end of the run before, and length, for each run of code points.
    static let dropped = """
        0 9 2 2 1 i 2n x d 1 gi 27 1 w 7n 5 7d 19 1 1 1 2 1 2 1 1 1k 6 a b 1 1 1a l g 1 2t 8 1 6 2 2 1 4 x 1 1 1 u r \
        4g 9 y 4 1 9 1 3 1 5 17 3 3r t 1o 1 g 1 3 4 2v 1 g 1 32 1 g 1 32 1 g 1 32 1 g 1 3j 1 3j 1 7 2 2t 1 g 1 3j 1 \
        3g 1 31 3 d 4 30 2 e 4 24 2 r 1 1 1 1 1 1j 2 1 1 5 4 2 1 1 3 1 2 1q 1 34 1 1 2 2a 1 jz 3 qc 1 v 1 4d 1 a 1 1c \
        1 4a 1 3z 3 63 2 1z 1 k 8 2 1 1c e 3a 1 1i 9 1j 1 1m 1 28 1 48 3 1 d 1 7 4 1 6 1 3 2 5i 1i 6 4 ej 5 q 5 1d 5 \
        1 a 2o d 4 1 3 c 2da 3 3x 1 2o w fe 4 2z 2 n9w 1 4 a w 2 28 2 7o 1 59 1 r i 1l 3 3p 1 70 1 1 3 2 2 5 2 1 1 1g \
        1 6u 1 aaa 4xs f2 1 ld g 5r 1 6x 3 1 1 e7 1 6a 1 45 5 1aq 1 1 1 14 3 4 1 4l 2 127 1 1k 1 1l 2 2 1 1u 3 1c 2 \
        1q 1 2e 1 2z 1 4y 2 29 1 15 7 3 5 99 2 6z 2 3i 1 3b 1 37 1 gjo 5 1n 7 g2v 1 1 4 43n 3 9 g 2 7 u 4 44 3 4gb 7 \
        gze2 1 u 2o 1egw 1eke 2 1eke
        """

    /// Vanish, and marks are not sorted across them; as above.
    static let droppedStarters = """
        nj 1 uu b 9b 3 1j 1 6 8 c 3 a 2 t 1 1r 4 t 2 t 2 1q 2 4 2 2 2 4 1 u 2 3 1 b 2 1q 5 1 2 p 2 t 1 1p 1 1 4 h 1 b \
        2 u 1 1p 1 1r 1 1p 3 5 3 1 3 l 2 t 1 1p 1 6 1 5 1 l 2 t 1 1r 4 t 2 32 3 1 1 2i 1 2 4 f 1 4 3 2q 1 2 4 3 2 f 2 \
        4l 1 1 5 4 1 2 1 b b 1 10 34 4 1 5 6 2 p 2 4 3 g 4 d 1 2 2 m 1 19w 2 u 2 u 2 u 2 1s 2 1 7 8 1 2 9 1 1 1j 3 7m \
        3 4 2 9 1 6g 1 1m 1 1 7 3 1 2 8 6 2 3v 4 1e 5 1 1 5 1 1p 2 w 4 2 2 2 2 1m 2 3 1 1 3 1m 8 2 1 rm3 1 8 1 p 2 73 \
        5 s b 1a 3 1f 4 2 1 14 1 1v 6 2 2 2 2 c 1 8 1 1b 1 33 2 6v 1 2 1 g7r g 2cx 3 1 2 5 1 1 1 16a 1 1i e 1m 2 1d 4 \
        34 5 1 6 25 2 1g 9 c 2 2q 3 2 1 2 1 4n 1 3 6 n 2 1q 1 aa 6 1 1 4 2 6p 4 6 2 u 2 2d 8 2 1 2 1 2y 1 1 1 2 6 2v \
        3 2 4 1 4 hgk 4 f7u 1 5sy 1j 4 1e 8 1 e 1 m 5 1 f h2ds 6o
        """

    /// Become a space; as above.
    static let spaces = """
        9 2 2 1 i 1 3j 1 4bj 1 1vj b t 2 5 1 1b 1 334 1
        """

    /// Stand alone, as words; as above.
    static let ideographs = """
        a9s 534 1s g74 hkw e8 1fk0 wyo w 3ds 74 49c 85s f4
        """

    /// Are words of their own; as above.
    static let punctuation = """
        x f a 7 q 6 q 4 y 1 5 1 3 1 a 2 3 1 3 1 ji 1 8 1 cy 6 15 2 1f 1 1 1 2 1 2 1 18 2 k 2 1 2 d 1 2 2 22 4 2u 1 17 \
        e 6h 3 1i f v 1 79 2 a 1 an 1 lf 1 2i 1 a 2 4o f 1 1 11 4 1z 1 22 5 4 2 33 6 4r 1 h0 9 47 1 h8 2 18 2 26 3 1z \
        2 4d 3 1 3 11 b 8p 2 60 2 3k 7 1 6 4s 7 4b 4 1n 5 1q 2 1s 8 b 1 n0 o 8 k 1 d 1 c u 2 e 2 hl 4 t 2 u5 e 27 2 v \
        a b7 m 1r 4 w 2 l7 4 1 2 34 1 3z 1b 1 j ce 3 4 a 2 c g 1 c 1 2q 1 2i 1 mwy 2 7h 3 2r 1 a 1 37 6 ak 4 2e 2 14 \
        3 1 1 1d 2 1b 1 2p d g 2 3g 4 3i 2 g 2 6x 1 g2a 2 5s a m z 1 e 1 1 4 1 1 2 45 3 1 6 1 4 a 2 3 2 q 3 1 1 r 1 1 \
        1 1 7 be 3 ik 1 1c 1 bi 1 kn 1 5j 1 v 1 7k 9 12 1 34 7 1u 7 2h 4 x6 7 31 2 1 4 3i 4 1c 2 27 5 3 1 d 1 1 3 2g \
        6 2z 1 f0 1 6y n 2x 3 6w 3 2lt 5 dtl 2 3p 1 1t 5 8 1 g2i 1 5wn 5
        """

    /// Become another character: first, step, count, and the target of the first, for each run.
    static let moved = """
        1t 1 q 2p 5c 1 1 2p 5d 1 1 2p 5e 1 1 2p 5f 1 1 2p 5g 1 1 2p 5h 2 3 2p 5i 1 1 6e 5k 1 1 2t 5m 1 1 2t 5n 1 1 2t \
        5o 1 1 2x 5p 1 1 2x 5q 1 1 2x 5r 1 1 2x 5s 1 1 6o 5t 1 2 32 5v 1 1 33 5w 1 1 33 5x 1 1 33 5y 1 1 33 60 1 1 6w \
        61 1 1 39 62 1 1 39 63 1 1 39 64 1 1 39 65 1 1 3d 66 1 1 72 68 1 1 2p 69 1 1 2p 6a 1 1 2p 6b 1 1 2p 6c 1 1 2p \
        6d 2 3 2p 6g 1 1 2t 6i 1 1 2t 6j 1 1 2t 6k 1 1 2x 6l 1 1 2x 6m 1 1 2x 6n 1 1 2x 6p 1 2 32 6r 1 1 33 6s 1 1 33 \
        6t 1 1 33 6u 1 1 33 6x 1 1 39 6y 1 1 39 6z 1 1 39 70 1 1 39 71 1 1 3d 73 1 1 3d 74 1 1 2p 75 1 1 2p 76 1 1 2p \
        77 1 1 2p 78 2 2 2p 79 2 2 2p 7c 1 1 2r 7d 1 1 2r 7e 1 1 2r 7f 1 1 2r 7g 1 1 2r 7h 1 2 2r 7j 1 1 2s 7k 1 1 7l \
        7m 1 1 2t 7n 1 1 2t 7o 1 1 2t 7p 1 1 2t 7q 1 1 2t 7r 1 1 2t 7s 1 1 2t 7t 1 1 2t 7u 2 2 2t 7v 2 2 2t 7y 1 1 2v \
        7z 1 1 2v 80 1 1 2v 81 1 1 2v 82 1 1 2v 83 1 2 2v 85 1 1 2w 86 1 1 87 88 1 1 2x 89 1 1 2x 8a 1 1 2x 8b 1 1 2x \
        8c 1 1 2x 8d 1 1 2x 8e 1 1 2x 8f 1 1 2x 8g 1 1 2x 8i 1 1 8j 8k 1 1 2y 8l 1 2 2y 8n 1 1 2z 8p 1 1 30 8q 1 1 30 \
        8r 1 1 30 8s 1 1 30 8t 1 1 30 8u 1 1 30 8v 2 2 8w 8z 1 1 32 90 1 1 32 91 1 1 32 92 1 1 32 93 1 1 32 94 1 1 32 \
        96 1 1 97 98 1 1 33 99 1 1 33 9a 1 1 33 9b 1 1 33 9c 1 1 33 9d 1 1 33 9e 1 1 9f 9g 1 1 36 9h 1 1 36 9i 1 1 36 \
        9j 1 1 36 9k 1 1 36 9l 1 2 36 9n 1 1 37 9o 1 1 37 9p 1 1 37 9q 1 1 37 9r 1 1 37 9s 1 1 37 9t 1 2 37 9v 1 1 38 \
        9w 1 1 38 9x 1 1 38 9y 1 1 9z a0 1 1 39 a1 1 1 39 a2 1 1 39 a3 1 1 39 a4 1 1 39 a5 1 1 39 a6 1 1 39 a7 1 1 39 \
        a8 1 1 39 a9 1 1 39 aa 2 3 39 ab 2 3 39 ag 1 2 3d ai 1 1 3e aj 1 1 3e ak 1 1 3e al 1 1 3e am 1 1 3e ap 1 1 gj \
        aq 2 2 ar au 1 1 gk av 1 1 aw ax 1 2 gm az 1 1 b0 b2 1 1 d9 b3 1 1 gp b4 1 1 gr b5 1 1 b6 b7 1 1 gw b8 1 1 gz \
        ba 1 1 h5 bb 1 1 h4 bc 1 1 bd bg 1 1 hb bh 1 1 he bj 1 1 hh bk 1 1 33 bl 1 1 33 bm 2 2 bn bq 1 1 hs br 1 1 bs \
        bt 1 1 hv bw 1 1 bx by 1 1 i0 bz 1 1 39 c0 1 1 39 c1 1 2 i2 c3 2 2 c4 c7 1 1 ia c8 1 1 c9 cc 1 1 cd ck 1 1 cm \
        cl 1 1 cm cn 1 1 cp co 1 1 cp cq 1 1 cs cr 1 1 cs ct 1 1 2p cu 1 1 2p cv 1 1 2x cw 1 1 2x cx 1 1 33 cy 1 1 33 \
        cz 1 1 39 d0 1 1 39 d1 1 1 39 d2 1 1 39 d3 1 1 39 d4 1 1 39 d5 1 1 39 d6 1 1 39 d7 1 1 39 d8 1 1 39 da 1 1 2p \
        db 1 1 2p dc 1 1 2p dd 1 1 2p de 1 1 6e df 1 1 6e dg 1 1 dh di 1 1 2v dj 1 1 2v dk 1 1 2z dl 1 1 2z dm 1 1 33 \
        dn 1 1 33 do 1 1 33 dp 1 1 33 dq 1 1 ia dr 1 1 ia ds 1 1 2y dt 1 1 dv du 1 1 dv dw 1 1 2v dx 1 1 2v dy 1 1 b9 \
        dz 1 1 cf e0 1 1 32 e1 1 1 32 e2 1 1 2p e3 1 1 2p e4 1 1 6e e5 1 1 6e e6 1 1 6w e7 1 1 6w e8 1 1 2p e9 1 1 2p \
        ea 1 1 2p eb 1 1 2p ec 1 1 2t ed 1 1 2t ee 1 1 2t ef 1 1 2t eg 1 1 2x eh 1 1 2x ei 1 1 2x ej 1 1 2x ek 1 1 33 \
        el 1 1 33 em 1 1 33 en 1 1 33 eo 1 1 36 ep 1 1 36 eq 1 1 36 er 1 1 36 es 1 1 39 et 1 1 39 eu 1 1 39 ev 1 1 39 \
        ew 1 1 37 ex 1 2 37 ez 1 1 38 f0 1 1 f1 f2 1 1 2w f3 1 1 2w f4 1 1 bi f6 2 2 f7 fa 1 1 2p fb 1 1 2p fc 1 1 2t \
        fd 1 1 2t fe 1 1 33 ff 1 1 33 fg 1 1 33 fh 1 1 33 fi 1 1 33 fj 1 1 33 fk 1 1 33 fl 1 1 33 fm 1 1 3d fn 1 1 3d \
        fu 1 1 8rp fv 1 1 fw fx 1 1 be fy 1 1 8rq g1 1 1 g2 g3 1 1 ao g4 1 1 i1 g5 1 1 i4 g6 2 5 g7 og 2 2 oh ok 1 1 \
        jd om 1 1 on ou 1 1 1n ov 1 1 s3 p1 1 1 4o p2 1 1 q9 p3 1 1 53 p4 1 1 qd p5 1 1 qf p6 1 1 qh p8 1 1 qn pa 1 1 \
        qt pb 1 1 qx pc 1 1 qh pd 1 h q9 pv 1 7 qr q2 1 1 qh q3 1 1 qt q4 1 1 q9 q5 1 1 qd q6 1 1 qf q7 1 1 qh q8 1 1 \
        qt qy 1 1 qh qz 1 1 qt r0 1 1 qn r1 1 1 qt r2 1 1 qx r3 1 1 rb r7 1 1 r6 r8 1 1 r6 rc 2 c rd s4 1 1 qg s7 1 1 \
        s8 s9 1 1 s2 sa 1 1 sb sd 1 3 or sg 1 1 tx sh 1 1 tx si 2 5 uq sj 1 1 tv sl 1 2 ut sn 1 1 uu sp 1 3 ux ss 1 1 \
        u2 st 1 1 u0 su 1 1 ub sv 1 1 v3 sw 2 g ts sx 1 8 tt t5 1 1 u0 t7 1 l u3 u1 1 1 u0 uo 1 1 tx up 1 1 tx ur 1 1 \
        tv uv 1 1 uu v0 1 1 u2 v1 1 1 u0 v2 1 1 ub v4 2 b v5 vq 1 1 vp vr 1 1 vp vs 2 5 vt wa 2 r wb xs 1 1 y7 xt 1 1 \
        ty xu 1 1 ty xv 2 6 xw y8 1 1 ts y9 1 1 ts ya 1 1 ts yb 1 1 ts yc 1 1 yd ye 1 1 tx yf 1 1 tx yg 1 1 yh yi 1 1 \
        yh yj 1 1 yh yk 1 1 ty yl 1 2 ty yn 1 1 tz yo 1 1 yp yq 1 1 u0 yr 1 1 u0 ys 1 1 u0 yt 1 1 u0 yu 1 1 u6 yv 1 1 \
        u6 yw 1 1 yx yy 1 1 yx yz 1 1 yx z0 1 1 ul z1 1 1 ul z2 1 1 ub z3 1 1 ub z4 1 1 ub z5 1 1 ub z6 1 1 ub z7 1 1 \
        ub z8 1 1 uf z9 1 1 uf za 1 1 zb zc 1 1 uj zd 1 1 uj ze 2 r zf 10x 1 12 129 17m 1 1 17r 17n 1 1 17r 17o 2 2 \
        18o 17p 1 1 17r 1c0 1 1 1cl 1c2 1 1 1c1 1cj 1 1 1ci 1t5 1 1 1t4 1td 1 1 1tc 1tg 1 1 1tf 1ug 1 3 1sl 1uj 1 1 \
        1ss 1uk 1 2 1sx 1um 1 1 1t7 1un 1 1 1tb 1y4 1 2 1wh 1y7 1 1 1wv 20j 1 1 20i 20m 1 1 20o 21l 1 2 1zq 21n 1 1 \
        1zw 21q 1 1 20b 288 1 1 287 28s 1 2 275 2io 1 1 2j9 2iv 1 2 2j9 2iy 1 1 2iq 2qi 1 1 2qh 30j 1 1 30i 30t 1 1 \
        30s 30y 1 1 30x 313 1 1 312 318 1 1 317 31l 1 1 30g 36u 1 1 36t 3a8 1 12 8w0 3bb 1 1 8x3 3bh 1 1 8x9 3vk 1 28 \
        xv4 3xs 1 6 3y0 5dn 1 1 5dh 5dp 1 1 5dh 5dv 1 1 5dh 5mx 1 1 5my 5n4 1 17 3bk 5od 1 3 3ct 5xc 1 1 2p 5xd 1 2 \
        2p 5xf 1 1 2q 5xg 1 1 2q 5xh 1 1 2q 5xi 1 1 2q 5xj 1 2 2q 5xl 1 2 2r 5xn 1 1 2s 5xo 1 1 2s 5xp 1 1 2s 5xq 1 1 \
        2s 5xr 1 1 2s 5xs 1 1 2s 5xt 1 1 2s 5xu 1 1 2s 5xv 1 2 2s 5xx 1 1 2t 5xy 1 1 2t 5xz 1 1 2t 5y0 1 1 2t 5y1 1 1 \
        2t 5y2 1 1 2t 5y3 1 1 2t 5y4 1 1 2t 5y5 1 2 2t 5y7 1 2 2u 5y9 1 2 2v 5yb 1 1 2w 5yc 1 1 2w 5yd 1 1 2w 5ye 1 1 \
        2w 5yf 1 1 2w 5yg 1 1 2w 5yh 1 1 2w 5yi 1 1 2w 5yj 1 2 2w 5yl 1 1 2x 5ym 2 2 2x 5yn 2 2 2x 5yq 1 1 2z 5yr 1 1 \
        2z 5ys 1 1 2z 5yt 1 2 2z 5yv 1 1 30 5yw 1 1 30 5yx 1 1 30 5yy 1 1 30 5yz 1 1 30 5z0 1 1 30 5z1 1 2 30 5z3 1 1 \
        31 5z4 1 1 31 5z5 1 1 31 5z6 1 1 31 5z7 1 2 31 5z9 1 1 32 5za 1 1 32 5zb 1 1 32 5zc 1 1 32 5zd 1 1 32 5ze 1 1 \
        32 5zf 1 2 32 5zh 1 1 33 5zi 1 1 33 5zj 1 1 33 5zk 1 1 33 5zl 1 1 33 5zm 1 1 33 5zn 1 2 33 5zp 1 1 34 5zq 2 2 \
        34 5zr 2 2 34 5zu 1 1 36 5zv 1 1 36 5zw 1 1 36 5zx 1 1 36 5zy 1 1 36 5zz 1 2 36 601 1 1 37 602 1 1 37 603 1 1 \
        37 604 1 1 37 605 1 1 37 606 1 1 37 607 1 1 37 608 1 1 37 609 1 2 37 60b 1 1 38 60c 1 1 38 60d 1 1 38 60e 1 1 \
        38 60f 1 1 38 60g 1 1 38 60h 1 2 38 60j 1 1 39 60k 1 1 39 60l 1 1 39 60m 1 1 39 60n 1 1 39 60o 1 1 39 60p 1 1 \
        39 60q 1 1 39 60r 1 2 39 60t 1 1 3a 60u 1 1 3a 60v 1 2 3a 60x 1 1 3b 60y 1 1 3b 60z 1 1 3b 610 1 1 3b 611 1 1 \
        3b 612 1 1 3b 613 1 1 3b 614 1 1 3b 615 1 2 3b 617 1 1 3c 618 1 1 3c 619 1 2 3c 61b 1 2 3d 61d 1 1 3e 61e 1 1 \
        3e 61f 1 1 3e 61g 1 1 3e 61h 1 1 3e 61i 1 1 2w 61j 1 1 38 61k 1 1 3b 61l 1 1 3d 61n 1 1 an 61q 1 1 67 61s 1 1 \
        2p 61t 1 1 2p 61u 1 1 2p 61v 1 1 2p 61w 1 1 2p 61x 1 1 2p 61y 1 1 2p 61z 1 1 2p 620 1 1 2p 621 1 1 2p 622 1 1 \
        2p 623 1 1 2p 624 1 1 2p 625 1 1 2p 626 1 1 2p 627 1 1 2p 628 1 1 2p 629 1 1 2p 62a 1 1 2p 62b 1 1 2p 62c 1 1 \
        2p 62d 1 1 2p 62e 1 1 2p 62f 1 1 2p 62g 1 1 2t 62h 1 1 2t 62i 1 1 2t 62j 1 1 2t 62k 1 1 2t 62l 1 1 2t 62m 1 1 \
        2t 62n 1 1 2t 62o 1 1 2t 62p 1 1 2t 62q 1 1 2t 62r 1 1 2t 62s 1 1 2t 62t 1 1 2t 62u 1 1 2t 62v 1 1 2t 62w 1 1 \
        2x 62x 1 1 2x 62y 1 1 2x 62z 1 1 2x 630 1 1 33 631 1 1 33 632 1 1 33 633 1 1 33 634 1 1 33 635 1 1 33 636 1 1 \
        33 637 1 1 33 638 1 1 33 639 1 1 33 63a 1 1 33 63b 1 1 33 63c 1 1 33 63d 1 1 33 63e 1 1 33 63f 1 1 33 63g 1 1 \
        33 63h 1 1 33 63i 1 1 33 63j 1 1 33 63k 1 1 33 63l 1 1 33 63m 1 1 33 63n 1 1 33 63o 1 1 39 63p 1 1 39 63q 1 1 \
        39 63r 1 1 39 63s 1 1 39 63t 1 1 39 63u 1 1 39 63v 1 1 39 63w 1 1 39 63x 1 1 39 63y 1 1 39 63z 1 1 39 640 1 1 \
        39 641 1 1 39 642 1 1 3d 643 1 1 3d 644 1 1 3d 645 1 1 3d 646 1 1 3d 647 1 1 3d 648 1 1 3d 649 1 1 3d 64a 2 3 \
        64b 64g 1 1 q9 64h 1 1 q9 64i 1 1 q9 64j 1 1 q9 64k 1 1 q9 64l 1 1 q9 64m 1 1 q9 64n 1 1 q9 64o 1 1 q9 64p 1 \
        1 q9 64q 1 1 q9 64r 1 1 q9 64s 1 1 q9 64t 1 1 q9 64u 1 1 q9 64v 1 1 q9 64w 1 1 qd 64x 1 1 qd 64y 1 1 qd 64z 1 \
        1 qd 650 1 1 qd 651 1 1 qd 654 1 1 qd 655 1 1 qd 656 1 1 qd 657 1 1 qd 658 1 1 qd 659 1 1 qd 65c 1 1 qf 65d 1 \
        1 qf 65e 1 1 qf 65f 1 1 qf 65g 1 1 qf 65h 1 1 qf 65i 1 1 qf 65j 1 1 qf 65k 1 1 qf 65l 1 1 qf 65m 1 1 qf 65n 1 \
        1 qf 65o 1 1 qf 65p 1 1 qf 65q 2 2 qf 65r 2 2 qf 65u 1 1 qh 65v 1 1 qh 65w 1 1 qh 65x 1 1 qh 65y 1 1 qh 65z 1 \
        1 qh 660 1 1 qh 661 1 1 qh 662 1 1 qh 663 1 1 qh 664 1 1 qh 665 1 1 qh 666 1 1 qh 667 1 1 qh 668 1 1 qn 669 1 \
        1 qn 66a 1 1 qn 66b 1 1 qn 66c 1 1 qn 66d 1 1 qn 66g 1 1 qn 66h 1 1 qn 66i 1 1 qn 66j 1 1 qn 66k 1 1 qn 66l 1 \
        1 qn 66o 1 1 qt 66p 1 1 qt 66q 1 1 qt 66r 1 1 qt 66s 1 1 qt 66t 1 1 qt 66u 1 1 qt 66v 1 1 qt 66x 1 1 qt 66z 1 \
        1 qt 671 1 1 qt 673 1 1 qt 674 1 1 qx 675 1 1 qx 676 1 1 qx 677 1 1 qx 678 1 1 qx 679 1 1 qx 67a 1 1 qx 67b 1 \
        1 qx 67c 1 1 qx 67d 1 1 qx 67e 1 1 qx 67f 1 1 qx 67g 1 1 qx 67h 1 1 qx 67i 1 1 qx 67j 1 1 qx 67k 1 1 q9 67l 1 \
        1 q9 67m 2 3 qd 67n 2 3 qd 67s 1 1 qn 67t 1 1 qn 67u 1 1 qt 67v 1 1 qt 67w 1 1 qx 67x 1 1 qx 680 1 1 q9 681 1 \
        1 q9 682 1 1 q9 683 1 1 q9 684 1 1 q9 685 1 1 q9 686 1 1 q9 687 1 1 q9 688 1 1 q9 689 1 1 q9 68a 1 1 q9 68b 1 \
        1 q9 68c 1 1 q9 68d 1 1 q9 68e 1 1 q9 68f 1 1 q9 68g 1 1 qf 68h 1 1 qf 68i 1 1 qf 68j 1 1 qf 68k 1 1 qf 68l 1 \
        1 qf 68m 1 1 qf 68n 1 1 qf 68o 1 1 qf 68p 1 1 qf 68q 1 1 qf 68r 1 1 qf 68s 1 1 qf 68t 1 1 qf 68u 1 1 qf 68v 1 \
        1 qf 68w 1 1 qx 68x 1 1 qx 68y 1 1 qx 68z 1 1 qx 690 1 1 qx 691 1 1 qx 692 1 1 qx 693 1 1 qx 694 1 1 qx 695 1 \
        1 qx 696 1 1 qx 697 1 1 qx 698 1 1 qx 699 1 1 qx 69a 1 1 qx 69b 1 1 qx 69c 1 1 q9 69d 1 1 q9 69e 1 1 q9 69f 1 \
        1 q9 69g 1 1 q9 69i 1 1 q9 69j 1 1 q9 69k 1 1 q9 69l 1 1 q9 69m 1 1 q9 69n 1 1 q9 69o 1 1 q9 69q 1 1 qh 69t 1 \
        1 4o 69u 1 1 qf 69v 1 1 qf 69w 1 1 qf 69y 1 1 qf 69z 1 1 qf 6a0 2 2 qd 6a1 2 2 qd 6a4 1 1 qf 6a5 1 1 69r 6a6 \
        1 1 69r 6a7 1 1 69r 6a8 1 1 qh 6a9 1 1 qh 6aa 1 1 qh 6ab 1 1 qh 6ae 1 1 qh 6af 1 1 qh 6ag 1 1 qh 6ah 1 1 qh \
        6ai 1 1 qh 6aj 1 1 qh 6al 1 1 6bi 6am 1 1 6bi 6an 1 1 6bi 6ao 1 1 qt 6ap 1 1 qt 6aq 1 1 qt 6ar 1 1 qt 6as 1 1 \
        qp 6at 1 1 qp 6au 1 1 qt 6av 1 1 qt 6aw 1 1 qt 6ax 1 1 qt 6ay 1 1 qt 6az 1 1 qt 6b0 1 1 qp 6b1 1 1 4o 6b2 1 1 \
        4o 6b3 1 1 2o 6b6 1 1 qx 6b7 1 1 qx 6b8 1 1 qx 6ba 1 1 qx 6bb 1 1 qx 6bc 1 1 qn 6bd 1 1 qn 6be 1 1 qx 6bf 1 1 \
        qx 6bg 1 1 qx 6bh 1 1 50 6jq 1 1 qx 6ju 1 1 2z 6jv 1 1 2p 6k2 1 1 6ku 6lc 1 g 6ls 6mb 1 1 6mc 6my 1 1 6mo 6mz \
        1 1 6mq 6ni 1 1 6ms 6od 2 2 6og 6oe 1 1 6ok 6pw 1 1 6pv 6q1 1 1 6q0 6q4 1 1 6q3 6qs 2 2 6qr 6rl 1 1 6rg 6ro 1 \
        1 6rn 6rr 1 1 6rp 6rt 1 1 6rs 6sg 1 1 1p 6si 1 1 6sh 6st 1 1 6rx 6su 1 1 1o 6sv 1 1 1q 6sw 1 2 6sk 6t0 1 2 \
        6sy 6t4 1 2 6t2 6tc 1 2 6t6 6tg 1 2 6te 6tk 1 2 6ti 6uk 1 1 6ua 6ul 1 2 6ug 6un 1 1 6uj 6w0 1 2 6t8 6w2 1 2 \
        6tt 6wa 1 4 6uq 6y1 1 2 9hk 792 1 q 79s 8gs 1 1 8gt 8ow 1 1c 8q8 8rk 1 1 8rl 8rm 1 1 h7 8rn 1 1 5tp 8ro 1 1 \
        hp 8rr 2 3 8rs 8rx 1 1 gh 8ry 1 1 hd 8rz 1 1 gg 8s0 1 1 gi 8s2 1 1 8s3 8s5 1 1 8s6 8se 1 2 fz 8sg 2 1e 8sh \
        8vf 2 2 8vg 8vm 1 1 8vn 9jg 2 c 9jf 9k5 2 3 9k4 9kg 1 1 9kf 9kh 1 1 9kf 9kj 1 1 9ki 9kk 1 1 9ki 9km 1 1 9kl \
        9kn 1 1 9kl 9kp 1 1 9ko 9kq 1 1 9ko 9ks 1 1 9kr 9kt 1 1 9kr 9lg 1 1 9ja 9lq 1 1 9lp 9m4 2 c 9m3 9mt 2 3 9ms \
        9n4 1 1 9n3 9n5 1 1 9n3 9n7 1 1 9n6 9n8 1 1 9n6 9na 1 1 9n9 9nb 1 1 9n9 9nd 1 1 9nc 9ne 1 1 9nc 9ng 1 1 9nf \
        9nh 1 1 9nf 9o4 1 1 9ly 9o7 1 4 9nz 9oe 1 1 9od wu8 2 n wu9 ww0 2 e ww1 x0i 2 7 x0j x0y 2 v x0z x2x 2 2 x2y \
        x31 1 1 5tl x32 2 5 x33 x3f 1 1 x3g x3h 1 1 h1 x3k 2 2 x3l x3q 2 a x3r x4a 1 1 h2 x4b 1 1 gs x4c 1 1 gx x4d 1 \
        1 h8 x4e 1 1 h6 x4g 1 1 im x4h 1 1 hz x4i 1 1 il x4j 1 1 xub x4k 2 8 x4l x50 1 1 x3o x51 1 1 hu x52 1 1 5u6 \
        x53 2 2 x54 x57 1 1 h0 x58 2 8 x59 x5o 1 1 bf x6d 1 1 x6e 1d6o 1 1 rpk 1d6p 1 1 kc4 1d6q 1 1 s7e 1d6r 1 1 rt4 \
        1d6s 1 1 lw1 1d6t 1 1 fg2 1d6u 1 1 gkl 1d6v 1 1 vj0 1d6w 1 1 vj0 1d6x 1 1 hn5 1d6y 1 1 ssx 1d6z 1 1 gw7 1d70 \
        1 1 hmw 1d71 1 1 jcm 1d72 1 1 ne1 1d73 1 1 p6t 1d74 1 1 qin 1d75 1 1 qt6 1d76 1 1 r20 1d77 1 1 sjz 1d78 1 1 \
        kxu 1d79 1 1 ljv 1d7a 1 1 mah 1d7b 1 1 mvy 1d7c 1 1 q4d 1d7d 1 1 sq2 1d7e 1 1 uep 1d7f 1 1 fia 1d7g 1 1 ghh \
        1d7h 1 1 l50 1d7i 1 1 mjf 1d7j 1 1 qi5 1d7k 1 1 v8e 1d7l 1 1 ifk 1d7m 1 1 m3v 1d7n 1 1 qfh 1d7o 1 1 r50 1d7p \
        1 1 jih 1d7q 1 1 pnc 1d7r 1 1 qvz 1d7s 1 1 iq2 1d7t 1 1 kd3 1d7u 1 1 lm2 1d7v 1 1 mpo 1d7w 1 1 slq 1d7x 1 1 \
        fpi 1d7y 1 1 g53 1d7z 1 1 gda 1d80 1 1 jwk 1d81 1 1 l3n 1d82 1 1 mj4 1d83 1 1 nhj 1d84 1 1 pa9 1d85 1 1 qh2 \
        1d86 1 1 qjg 1d87 1 1 s1b 1d88 1 1 tv6 1d89 1 1 upb 1d8a 1 1 v7e 1d8b 1 1 nt8 1d8c 1 1 nzz 1d8d 1 1 otc 1d8e \
        1 1 q15 1d8f 1 1 t1g 1d8g 1 1 vb3 1d8h 1 1 rfa 1d8i 1 1 hjz 1d8j 1 1 iro 1d8k 1 1 okg 1d8l 1 1 pdq 1d8m 1 1 \
        mle 1d8n 1 1 nuy 1d8o 1 1 rsy 1d8p 1 1 ttj 1d8q 1 1 hjs 1d8r 1 1 i8y 1d8s 1 1 kyb 1d8t 1 1 lp6 1d8u 1 1 lxr \
        1d8v 1 1 oq7 1d8w 1 1 oxj 1d8x 1 1 tor 1d8y 1 1 gcy 1d8z 1 1 pe3 1d90 1 1 g64 1d91 1 1 g5o 1d92 1 1 o4c 1d93 \
        1 1 ou6 1d94 1 1 q29 1d95 1 1 tpx 1d96 1 1 rk0 1d97 1 1 jin 1d98 1 1 kxu 1d99 1 1 rge 1d9a 1 1 fg9 1d9b 1 1 \
        i5j 1d9c 1 1 iz6 1d9d 1 1 mtj 1d9e 1 1 n74 1d9f 1 1 gev 1d9g 1 1 nwb 1d9h 1 1 fr3 1d9i 1 1 iw9 1d9j 1 1 ff1 \
        1d9k 1 1 lho 1d9l 1 1 k1k 1d9m 1 1 opu 1d9n 1 1 gjn 1d9o 1 1 hge 1d9p 1 1 ni9 1d9q 1 1 q4p 1d9r 1 1 re2 1d9s \
        1 1 la2 1d9t 1 1 sds 1d9u 1 1 lfs 1d9v 1 1 jjy 1d9w 1 1 put 1d9x 1 1 jog 1d9y 1 1 n6t 1d9z 1 1 fji 1da0 1 1 \
        g2x 1da1 1 1 g5l 1da2 1 1 kn5 1da3 1 1 oo7 1da4 1 1 prj 1da5 1 1 rf6 1da6 1 1 ssv 1da7 1 1 gdx 1da8 1 1 gn6 \
        1da9 1 1 ho3 1daa 1 1 ir0 1dab 1 1 k3p 1dac 1 1 m4e 1dad 1 1 nxm 1dae 1 1 tkd 1daf 1 1 ui2 1dag 1 1 vbr 1dah \
        1 1 vda 1dai 1 1 gbf 1daj 1 1 kau 1dak 1 1 l87 1dal 1 1 sbm 1dam 1 1 ino 1dan 1 1 j9s 1dao 1 1 jcw 1dap 1 1 \
        jve 1daq 1 1 lyb 1dar 1 1 mdl 1das 1 1 n0p 1dat 1 1 o22 1dau 1 1 ovo 1dav 1 1 pdb 1daw 1 1 s9y 1dax 1 1 q9a \
        1day 1 1 sgz 1daz 1 1 t3e 1db0 1 1 g7r 1db1 1 1 gbn 1db2 1 1 gql 1db3 1 1 ma0 1db4 1 1 r0i 1db5 1 1 re2 1db6 \
        1 1 iq1 1db7 1 1 iyd 1db8 1 1 jnf 1db9 1 1 l9q 1dba 1 1 oji 1dbb 1 1 mt1 1dbc 1 1 fl0 1dbd 1 1 h6h 1dbe 1 1 \
        i5j 1dbf 1 1 iii 1dbg 1 1 izg 1dbh 1 1 muq 1dbi 1 1 mzt 1dbj 1 1 p7e 1dbk 1 1 pc6 1dbl 1 1 svo 1dbm 1 1 tti \
        1dbn 1 1 tvs 1dbo 1 1 u1k 1dbp 1 1 fpn 1dbq 1 1 o1a 1dbr 1 1 ss4 1dbs 1 1 trs 1dbt 1 1 j4x 1dbu 1 1 fie 1dbv \
        1 1 fyy 1dbw 1 1 i5q 1dbx 1 1 i7z 1dby 1 1 k2h 1dbz 1 1 kxu 1dc0 1 1 mha 1dc1 1 1 ncy 1dc2 1 1 q9o 1dc3 1 1 \
        sjg 1dc4 1 1 vil 1dc5 1 1 k94 1dc6 1 1 tny 1dc7 1 1 gax 1dc8 1 1 kfv 1dc9 1 1 kj7 1dca 1 1 lkx 1dcb 1 1 luk \
        1dcc 1 1 mx5 1dcd 1 1 n6h 1dce 1 1 nsb 1dcf 1 1 opc 1dcg 1 1 u3i 1dch 1 1 g31 1dci 1 1 je6 1dcj 1 1 tq0 1dck \
        1 1 fu3 1dcl 1 1 ie1 1dcm 1 1 lpm 1dcn 1 1 sa2 1dco 1 1 ivf 1dcp 1 1 j7o 1dcq 1 1 kk7 1dcr 1 1 mtj 1dcs 1 1 \
        tqe 1dct 1 1 g89 1dcu 1 1 glr 1dcv 1 1 i91 1dcw 1 1 k5v 1dcx 1 1 kem 1dcy 1 1 ko8 1dcz 1 1 lid 1dd0 1 1 mx2 \
        1dd1 1 1 naa 1dd2 1 1 p6h 1dd3 1 1 r0v 1dd4 1 1 r1d 1dd5 1 1 sss 1dd6 1 1 tsy 1dd7 1 1 gfz 1dd8 1 1 lve 1dd9 \
        1 1 gm5 1dda 1 1 mhc 1ddb 1 1 n14 1ddc 1 1 qgq 1ddd 1 1 tr7 1dde 1 1 uvr 1ddf 1 1 vbz 1ddg 1 1 kgn 1ddh 1 1 \
        lor 1ddi 1 1 pns 1ddj 1 1 o97 1ddk 1 1 obk 1ddl 1 1 olu 1ddm 1 1 mo0 1ddn 1 1 m8p 1ddo 1 1 riw 1ddp 1 1 fk0 \
        1ddq 1 1 px2 1ddr 1 1 g8q 1dds 1 1 g7b 1ddt 1 1 ip2 1ddu 1 1 jir 1ddv 1 1 onq 1ddw 1 1 i2t 1ddx 1 1 ljy 1ddy \
        1 1 kac 1ddz 1 1 saj 1de0 1 1 qx8 1de1 1 1 tot 1de2 1 1 r63 1de3 1 1 iqb 1de4 1 1 g1s 1de5 1 1 gxs 1de8 1 1 \
        hga 1dea 1 1 k8k 1ded 1 1 g66 1dee 1 1 mqy 1def 1 1 ngq 1deg 1 1 ny4 1deh 1 1 nz2 1dei 1 1 nz9 1dej 1 1 o0f \
        1dek 1 1 tw6 1del 1 1 on2 1dem 1 1 p8d 1deo 1 1 qhe 1deq 1 1 rg8 1det 1 1 shk 1deu 1 1 sn1 1dey 1 1 u7j 1dez \
        1 1 u7w 1df0 1 1 u94 1df1 1 1 v5g 1df2 1 1 sm6 1df3 1 1 trr 1df4 1 1 fqm 1df5 1 1 fzb 1df6 1 1 g25 1df7 1 1 \
        gcp 1df8 1 1 gdg 1df9 1 1 ggh 1dfa 1 1 gwt 1dfb 1 1 gzq 1dfc 1 1 h2g 1dfd 1 1 hfk 1dfe 1 1 hig 1dff 1 1 i90 \
        1dfg 1 1 i9a 1dfh 1 1 j2s 1dfi 1 1 j8o 1dfj 1 1 j9q 1dfk 1 1 jci 1dfl 1 1 k0f 1dfm 1 1 k4i 1dfn 1 1 k9d 1dfo \
        1 1 kn9 1dfp 1 1 lmf 1dfq 1 1 lqy 1dfr 1 1 lya 1dfs 1 1 mem 1dft 1 1 mjv 1dfu 1 1 mxu 1dfv 1 1 ntd 1dfw 1 1 \
        ny6 1dfx 1 1 nyh 1dfy 1 1 nyg 1dfz 1 1 nyo 1dg0 1 1 nyu 1dg1 1 1 nz1 1dg2 1 2 o0d 1dg4 1 1 o5c 1dg5 1 1 o75 \
        1dg6 1 1 og0 1dg7 1 1 ovo 1dg8 1 1 ow9 1dg9 1 1 oxt 1dga 1 1 p6a 1dgb 1 1 pad 1dgc 1 1 pnx 1dgd 1 1 prt 1dge \
        1 1 prt 1dgf 1 1 q53 1dgg 1 1 r2o 1dgh 1 1 r6e 1dgi 1 1 rgh 1dgj 1 1 ri1 1dgk 1 1 rtf 1dgl 1 1 ruw 1dgm 1 1 \
        sdy 1dgn 1 1 shk 1dgo 1 1 tsz 1dgp 1 1 u0v 1dgq 1 1 u2j 1dgr 1 1 j1x 1dgs 1 1 36cu 1dgt 1 1 pp4 1dgw 1 1 ffq \
        1dgx 1 1 g51 1dgy 1 1 g2w 1dgz 1 1 fpc 1dh0 1 1 g1x 1dh1 1 1 g3k 1dh2 1 1 gcn 1dh3 1 1 ge2 1dh4 1 1 gwt 1dh5 \
        1 1 gut 1dh6 1 1 gwp 1dh7 1 1 gyq 1dh8 1 1 hga 1dh9 1 1 hir 1dha 1 1 hms 1dhb 1 1 hn8 1dhc 1 1 huq 1dhd 1 1 \
        i08 1dhe 1 1 iqa 1dhf 1 1 iqh 1dhg 1 1 iuh 1dhh 1 1 iwd 1dhi 1 1 j4o 1dhj 1 1 j7y 1dhk 1 1 j60 1dhl 1 1 j9q \
        1dhm 1 1 j8g 1dhn 1 1 jci 1dho 1 1 jec 1dhp 1 1 jpg 1dhq 1 1 jrw 1dhr 1 1 jte 1dhs 1 1 k0m 1dht 1 1 k8k 1dhu \
        1 1 kd3 1dhv 1 1 kd7 1dhw 1 1 keu 1dhx 1 1 l89 1dhy 1 1 la2 1dhz 1 1 lkx 1di0 1 1 lwb 1di1 1 1 lvv 1di2 1 1 \
        lya 1di3 1 1 m5a 1di4 1 1 mem 1di5 1 1 nmv 1di6 1 1 mk5 1di7 1 1 mnj 1di8 1 1 mqy 1di9 1 1 n01 1dia 1 1 n46 \
        1dib 1 1 n5n 1dic 1 1 nbx 1did 1 1 nbz 1die 1 1 ngq 1dif 1 1 nh7 1dig 1 1 nhw 1dih 1 1 nka 1dii 1 1 nk0 1dij \
        1 1 nv0 1dik 1 1 o8h 1dil 1 1 og0 1dim 1 1 ol7 1din 1 1 orf 1dio 1 1 ovo 1dip 1 1 p4u 1diq 1 1 pad 1dir 1 1 \
        pxu 1dis 1 1 q27 1dit 1 1 qrd 1diu 1 1 r41 1div 1 1 r5y 1diw 1 1 r6e 1dix 1 1 ren 1diy 1 1 rg8 1diz 1 1 rez \
        1dj0 1 1 rgh 1dj1 1 1 rge 1dj2 1 1 rfx 1dj3 1 1 ri1 1dj4 1 1 rka 1dj5 1 1 ruw 1dj6 1 1 sag 1dj7 1 1 sj6 1dj8 \
        1 1 srd 1dj9 1 1 sxi 1dja 1 1 tq4 1djb 1 1 tsz 1djc 1 1 tw6 1djd 1 1 tzv 1dje 1 1 u0v 1djf 1 1 u17 1djg 1 1 \
        u2j 1djh 1 1 umq 1dji 1 1 vj0 1djj 1 1 313e 1djk 1 1 3138 1djl 1 1 33dh 1djm 1 1 brx 1djn 1 1 cns 1djo 1 1 \
        cop 1djp 1 1 39e1 1djq 1 1 3bgw 1djr 1 1 3i6r 1djs 1 1 vgj 1djt 1 1 vim 1dlp 1 1 15l 1dlr 1 1 16a 1dm2 1 1 \
        161 1dm3 1 1 161 1dm4 1 1 161 1dm5 1 1 161 1dm6 1 1 15c 1dm7 1 1 15c 1dm8 2 9 15c 1dm9 1 6 15d 1dmh 1 4 15l \
        1dmp 2 2 15t 1dms 2 4 15w 1dmv 1 4 15z 1dmz 1 1 15h 1dn0 1 1 15d 1dn1 1 1 15n 1dn2 1 1 15w 1ee9 1 q 1ef5 1fcw \
        1 14 1fe0 1fhs 1 10 1fiw 1fn4 2 j 1fo7 1fn5 1 a 1fo8 1fnh 1 e 1fok 1fnx 1 6 1fp0 1fo5 1 1 1fp8 1h1c 1 1f 1h34 \
        1h74 1 m 1h80 1hui 2 2 1huh 1huz 1 1 1hut 1inv 1 1 1int 1jfk 1 w 1jgg 20cg 1 w 20dc 20f4 1 p 20fv 2olc 1 y \
        2oma 464g 1 1 fgd 464h 1 1 fg8 464i 1 1 fgh 464j 1 1 2tcy 464k 1 1 fog 464l 1 1 fqm 464m 1 1 fqz 464n 1 1 fsy \
        464o 1 1 fwa 464p 1 1 fx5 464q 1 1 fzb 464r 1 1 fyn 464s 1 1 ae6 464t 1 1 2ud6 464u 1 1 g25 464v 1 1 g2c 464w \
        1 1 g2s 464x 1 1 g3b 464y 1 1 2u58 464z 1 1 aex 4650 1 1 g2v 4651 1 1 g3x 4652 1 1 2u6j 4653 1 1 g47 4654 1 1 \
        g4k 4655 1 1 fkc 4656 1 1 g4s 4657 1 1 g51 4658 1 1 3ly7 4659 1 1 g6t 465a 1 1 g77 465b 1 1 afz 465c 1 1 g8r \
        465d 1 1 g92 465e 1 1 gaa 465f 1 1 gaf 465g 1 1 ahh 465h 1 1 gcn 465i 1 1 gcp 465j 1 1 gdg 465k 1 1 ge2 465l \
        1 2 ged 465n 1 1 gev 465o 1 1 gg9 465p 1 1 ggh 465q 1 1 ggq 465r 1 1 ghf 465s 2 2 ghp 465t 1 1 ghr 465v 1 1 \
        ghr 465w 1 1 2v58 465x 1 1 m7k 465y 1 1 gju 465z 1 1 gkf 4660 1 1 2vdv 4661 1 1 gkr 4662 1 1 gkx 4663 1 1 gli \
        4664 1 1 gpq 4665 1 1 gmw 4666 1 1 gnc 4667 1 1 go8 4668 1 1 gpu 4669 1 1 gs6 466a 1 1 gsw 466b 1 1 gur 466c \
        1 1 gv7 466d 1 1 gw4 466e 1 1 gw4 466f 1 1 gwp 466g 1 1 gx7 466h 1 1 gxf 466i 1 1 gxu 466j 1 1 h7a 466k 1 1 \
        gzq 466l 1 1 h7b 466m 1 1 h1t 466n 1 1 h2s 466o 1 1 g7b 466p 1 1 hke 466q 1 1 hce 466r 1 1 hdg 466s 1 1 he5 \
        466t 1 1 haj 466u 1 1 hf6 466v 1 1 hf5 466w 1 1 hik 466x 1 1 2x9g 466y 1 1 hki 466z 1 1 hkn 4670 1 1 hl2 4671 \
        1 1 hlm 4672 1 1 hlu 4673 1 1 hnm 4674 1 1 2xm0 4675 1 1 2xnu 4676 1 1 hrg 4677 1 1 hsr 4678 1 1 ht3 4679 1 1 \
        hqw 467a 1 1 huu 467b 1 1 aum 467c 1 1 av0 467d 1 1 hzc 467e 1 1 i0u 467f 1 1 i0u 467g 1 1 2y88 467h 1 1 i4j \
        467i 1 1 i54 467j 1 1 i5j 467k 1 1 i5v 467l 1 1 2yhk 467m 1 1 i67 467n 1 1 i6e 467o 1 1 itv 467p 1 1 i76 467q \
        1 1 ayp 467r 1 1 i8w 467s 1 1 i9a 467t 1 1 ibk 467u 1 1 ia5 467v 2 2 2z1g 467w 1 1 if7 467y 1 1 ige 467z 1 1 \
        igb 4680 1 1 igs 4681 1 2 ijl 4683 1 1 b3j 4684 1 1 ikd 4685 1 1 ilk 4686 1 1 im5 4687 1 1 ind 4688 1 1 b4y \
        4689 1 1 2zr7 468a 1 1 b5o 468b 1 1 ipc 468c 1 1 ipf 468d 1 1 ipi 468e 1 1 iq2 468f 1 1 3pg2 468g 1 1 iri \
        468h 1 1 3035 468i 1 1 3035 468j 1 1 poh 468k 1 1 isi 468l 1 1 isi 468m 1 1 b7r 468n 1 1 335k 468o 1 1 3cgq \
        468p 1 1 iua 468q 1 1 iuj 468r 1 1 b8j 468s 1 1 ivu 468t 1 1 ix9 468u 1 1 ixj 468v 1 1 iyh 468w 1 1 j29 468x \
        1 1 bay 468y 1 1 ba4 468z 1 1 j2s 4690 1 1 30t0 4691 1 1 j47 4692 1 1 j7s 4693 1 1 j7w 4694 1 1 j7y 4695 1 1 \
        j7w 4696 1 1 j96 4697 1 1 j9q 4698 1 1 jaq 4699 1 1 jac 469a 1 1 jan 469b 1 1 jby 469c 1 1 jci 469d 1 1 jcm \
        469e 1 1 jdc 469f 1 1 jdn 469g 1 1 jfh 469h 1 1 jht 469i 1 1 jis 469j 1 1 jm8 469k 1 1 31n0 469l 1 1 jlp 469m \
        1 1 jjw 469n 1 1 jmw 469o 1 1 jnn 469p 1 1 jqc 469q 1 1 31td 469r 1 1 js2 469s 1 1 jph 469t 1 1 jop 469u 1 1 \
        bhq 469v 1 1 ju1 469w 1 1 jum 469x 1 1 jvh 469y 1 1 juf 469z 1 1 bjg 46a0 1 1 k0f 46a1 1 1 k18 46a2 1 1 32mi \
        46a3 1 1 k4j 46a4 1 1 kc8 46a5 1 1 k7d 46a6 1 1 bo9 46a7 1 1 k9d 46a8 1 1 bns 46a9 1 1 bms 46aa 1 1 g42 46ab \
        1 1 g45 46ac 1 1 kcg 46ad 1 1 k9o 46ae 1 1 pf1 46af 1 1 deh 46ag 1 1 kd3 46ah 1 1 kd7 46ai 1 1 kdd 46aj 1 1 \
        kf2 46ak 1 1 ker 46al 1 1 33cz 46am 1 1 bpl 46an 1 1 kje 46ao 1 1 kg5 46ap 1 1 klu 46aq 1 1 kn9 46ar 1 1 33hp \
        46as 1 1 kni 46at 1 1 kkf 46au 1 1 kr8 46av 1 1 brx 46aw 1 1 ksi 46ax 1 1 kv7 46ay 1 1 kx6 46az 1 1 l2g 46b0 \
        1 1 33xf 46b1 1 1 l3v 46b2 1 1 bvc 46b3 1 1 l5t 46b4 1 1 34br 46b5 1 1 l78 46b6 1 1 bwu 46b7 1 1 l82 46b8 1 1 \
        l9b 46b9 1 2 la2 46bb 1 1 34p9 46bc 1 1 2yvf 46bd 1 1 34sa 46be 1 1 le6 46bf 1 1 354s 46bg 1 1 lhb 46bh 1 1 \
        lhp 46bi 1 1 lev 46bj 1 1 ljq 46bk 1 1 lku 46bl 1 1 lmf 46bm 1 1 lkx 46bn 1 1 lm1 46bo 1 1 lmg 46bp 1 1 lmt \
        46bq 1 1 357i 46br 1 1 lkk 46bs 1 1 lrj 46bt 1 1 lta 46bu 1 1 c37 46bv 1 1 lvv 46bw 1 1 lvr 46bx 1 1 35jl \
        46by 1 1 lq1 46bz 1 1 m0e 46c0 1 1 35ni 46c1 1 1 35ou 46c2 1 1 m2u 46c3 1 1 m61 46c4 1 1 m5a 46c5 1 1 m57 \
        46c6 1 1 c5y 46c7 1 1 m6i 46c8 1 1 m7x 46c9 1 1 m7r 46ca 1 1 m99 46cb 1 1 2u5h 46cc 1 1 mdh 46cd 1 1 368z \
        46ce 1 1 mfw 46cf 1 1 36i3 46cg 1 1 mjs 46ch 1 1 mk5 46ci 1 1 mkw 46cj 1 1 36yw 46ck 1 1 mm8 46cl 1 1 mmt \
        46cm 1 1 3779 46cn 1 1 37dg 46co 1 1 mt6 46cp 1 1 mtn 46cq 1 1 cdo 46cr 1 1 mud 46cs 1 1 ce0 46ct 1 1 ce0 \
        46cu 1 1 myv 46cv 1 1 mzg 46cw 1 1 n01 46cx 1 1 n0l 46cy 1 1 n2i 46cz 1 1 cgr 46d0 1 1 n50 46d1 1 1 386u 46d2 \
        1 1 n5q 46d3 1 1 389e 46d4 1 1 n74 46d5 1 1 2zrz 46d6 1 1 nbk 46d7 1 1 38v5 46d8 1 1 38vs 46d9 1 1 38zo 46da \
        1 1 cn0 46db 1 1 cnc 46dc 1 1 nhw 46dd 1 1 394j 46de 1 1 394i 46df 1 1 395l 46dg 1 1 396b 46dh 1 2 nj2 46dj 1 \
        1 nj3 46dk 1 1 nka 46dl 1 1 cop 46dm 1 1 nm3 46dn 1 1 cp2 46do 1 1 cra 46dp 1 1 39r1 46dq 1 1 nri 46dr 1 1 \
        nt8 46ds 1 1 nv0 46dt 1 1 ctf 46du 1 1 3a5i 46dv 1 1 nyu 46dw 1 1 3a8q 46dx 1 1 3a9x 46dy 1 1 o0f 46dz 1 1 \
        o2z 46e0 1 1 cvj 46e1 1 1 o5c 46e2 1 1 o5m 46e3 1 1 o5r 46e4 1 1 3at8 46e5 1 1 3b1j 46e6 1 1 3b1j 46e7 1 1 \
        oa6 46e8 1 1 d1e 46e9 1 1 3b8r 46ea 1 1 og6 46eb 1 1 og9 46ec 1 1 d2f 46ed 1 1 3beo 46ee 1 1 onm 46ef 1 1 d5s \
        46eg 1 1 oo8 46eh 1 1 oo3 46ei 1 1 oow 46ej 1 1 3c06 46ek 1 1 orn 46el 1 1 d8h 46em 1 1 ouf 46en 1 1 ow2 46eo \
        1 1 oxx 46ep 1 1 d9w 46eq 1 1 3ciw 46er 1 1 3cjr 46es 1 1 dax 46et 1 1 3cnt 46eu 1 1 p6i 46ev 1 1 3cqm 46ew 1 \
        1 p79 46ex 1 1 pa2 46ey 1 1 pad 46ez 1 1 3d22 46f0 1 1 3d43 46f1 1 1 pcw 46f2 1 1 3d7s 46f3 1 1 pdc 46f4 1 1 \
        33a7 46f5 1 1 ded 46f6 1 1 pf6 46f7 1 1 phf 46f8 1 1 dfv 46f9 1 1 pj2 46fa 1 1 hx1 46fb 1 1 3dlz 46fc 1 1 \
        3dmd 46fd 1 1 33bn 46fe 1 1 33bw 46ff 1 1 poh 46fg 1 1 pok 46fh 1 1 sda 46fi 1 1 dij 46fj 1 1 psh 46fk 1 1 \
        psb 46fl 1 1 pst 46fm 1 1 gc3 46fn 1 1 ptd 46fo 1 1 ptf 46fp 1 1 ptp 46fq 1 1 puu 46fr 1 1 3ebg 46fs 1 1 put \
        46ft 1 1 pwd 46fu 1 1 pyb 46fv 1 1 q0d 46fw 1 1 pwj 46fx 1 1 q0t 46fy 1 1 q1z 46fz 1 1 q53 46g0 1 1 pxv 46g1 \
        1 1 q16 46g2 1 1 q18 46g3 1 1 q1o 46g4 1 1 3eie 46g5 1 1 3eqz 46g6 1 1 3emt 46g7 1 1 dnv 46g8 1 1 q9d 46g9 1 \
        1 q9f 46ga 1 1 qae 46gb 1 1 3g0a 46gc 1 1 qck 46gd 1 1 3f3g 46ge 1 1 dp9 46gf 1 1 dpd 46gg 1 1 3f75 46gh 1 1 \
        3ff6 46gi 1 1 dpn 46gj 1 1 qj4 46gk 1 1 qjg 46gl 1 1 qjr 46gm 1 1 qjt 46gn 1 1 qll 46go 1 1 qko 46gp 1 1 qoe \
        46gq 1 1 qn6 46gr 1 1 qrd 46gs 1 1 qp4 46gt 1 1 qqz 46gu 1 1 qrq 46gv 1 1 dsn 46gw 1 1 qu9 46gx 1 1 qv5 46gy \
        1 1 dtl 46gz 1 1 qxs 46h0 1 1 qxv 46h1 1 1 3giv 46h2 1 1 r13 46h3 1 1 r1a 46h4 1 1 dv9 46h5 1 1 r22 46h6 1 1 \
        aez 46h7 1 1 3gz2 46h8 1 1 3h46 46h9 1 1 dz2 46ha 1 1 dzb 46hb 1 1 rds 46hc 1 1 rfx 46hd 1 1 rka 46he 1 1 rpx \
        46hf 1 1 3hrc 46hg 1 1 rsb 46hh 1 1 rsx 46hi 1 1 rvf 46hj 1 1 rxz 46hk 1 1 3i9b 46hl 1 1 2upw 46hm 1 1 s0b \
        46hn 1 1 rzw 46ho 1 1 s1c 46hp 1 1 2uvy 46hq 1 1 s7o 46hr 1 1 sag 46hs 1 1 3jki 46ht 1 1 3jl9 46hu 1 1 sk4 \
        46hv 1 1 smp 46hw 1 1 snl 46hx 1 1 3ju6 46hy 1 1 snv 46hz 1 1 svs 46i0 1 2 t07 46i2 1 1 sxo 46i3 1 1 t89 46i4 \
        1 1 t91 46i5 1 1 3ksa 46i6 1 1 tjf 46i7 1 1 ej9 46i8 1 1 tkn 46i9 1 1 3l2v 46ia 1 1 eli 46ib 1 1 ts3 46ic 1 1 \
        iia 46id 1 1 tur 46ie 1 1 3ltx 46if 1 1 3lzu 46ig 1 1 epa 46ih 1 1 epi 46ii 1 1 u00 46ij 1 1 3mdm 46ik 1 1 \
        er6 46il 1 1 3mhi 46im 1 1 u17 46in 1 1 u17 46io 1 1 u21 46ip 1 1 3mpi 46iq 1 1 u76 46ir 1 1 eur 46is 1 1 u95 \
        46it 1 1 ucn 46iu 1 1 ude 46iv 1 1 uf2 46iw 1 1 ez2 46ix 1 1 3nsg 46iy 1 1 umq 46iz 1 1 uv4 46j0 1 1 v0d 46j1 \
        1 1 f66 46j2 1 1 f71 46j3 1 1 v3b 46j4 1 1 3owe 46j5 1 1 f7c 46j6 1 1 3oxx 46j7 1 1 3p5a 46j8 1 1 3p8x 46j9 1 \
        1 vcr 46ja 1 1 f9y 46jb 1 1 veh 46jc 1 1 vem 46jd 1 1 vet 46je 1 1 vf3 46jf 1 1 vfa 46jg 1 1 vgb 46jh 1 1 \
        3pxc
        """

    /// Become several characters: gap to the one before, their number, and they.
    static let replaced = """
        1xn 2 1xj 1xa 1 2 1xj 1xz an 2 287 27y 1 2 287 28n 20 2 2aa 2c7 1i 2 2bq 2bi 1 2 2br 2bi 1 2 2bq 2c7 73 2 2iq \
        2j9 3j 2 2me 2m6 1 2 2mf 2m6 1 2 2me 2mv 40 2 2qh 2q7 1 2 2qh 2q7 1 2 2qh 2qn 2lk 2 5c5 5dh 2 2 5c7 5dh 2 2 \
        5c9 5dh 2 2 5cb 5dh 2 2 5cd 5dh 4 2 5ch 5dh 1a 2 5dq 5dh 1 2 5dr 5dh 1czu 2 1idj 1ida 1 2 1idj 1idz a8 2 1int \
        1ink 2 2 1int 1inx 70 2 1iuw 1iun 1 2 1iux 1iun 112b 2 2jx3 2jxh 1 2 2jx4 2jxh 1 3 2jx4 2jxh 2jxq 1 3 2jx4 \
        2jxh 2jxr 1 3 2jx4 2jxh 2jxs 1 3 2jx4 2jxh 2jxt 1 3 2jx4 2jxh 2jxu 2f 2 2jzt 2jxh 1 2 2jzu 2jxh 1 3 2jzt 2jxh \
        2jxq 1 3 2jzu 2jxh 2jxq 1 3 2jzt 2jxh 2jxr 1 3 2jzu 2jxh 2jxr
        """

    /// Marks that stay, and their class: those of a run are sorted by it.
    static let sortedMarks = """
        1qs 6e 1qt 6e 1qu 6e 1qv 6e 1qw 6e 1qx 6e 1qy 6e 1qz 6e 1r0 6e 1r1 6e 1r2 6e 1r3 6e 1r4 6e 1r5 6e 5dw 9 5gq 9 \
        5iq 9 5ir 9 5x7 6e 9im 68 9in 68 xg3 9 xj4 9 1i2o 9 1i5x 9 1idp 9 1iki 9 1ikm 7 1j1y 9 1k5b 9 2jxh 60 2jxi 60 \
        2jxp 6a 2jxq 60 2jxr 60 2jxs 60 2jxt 60 2jxu 60 2mtc 6e 2mtd 6e 2mte 6e 2mtf 6e 2mtg 6e 2mth 6e 2mti 6e 2mtk \
        6e 2mtl 6e 2mtm 6e 2mtn 6e 2mto 6e 2mtp 6e 2mtq 6e 2mtr 6e 2mts 6e 2mtt 6e 2mtu 6e 2mtv 6e 2mtw 6e 2mtx 6e \
        2mty 6e 2mtz 6e 2mu0 6e 2mu3 6e 2mu4 6e 2mu5 6e 2mu6 6e 2mu7 6e 2mu8 6e 2mu9 6e 2mub 6e 2muc 6e 2mue 6e 2muf \
        6e 2mug 6e 2muh 6e 2mui 6e 2on8 6e 2on9 6e 2ona 6e 2onb 6e 2onc 6e 2ond 6e 2one 7
        """
}
