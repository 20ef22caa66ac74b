extension Page {
    /// The looks of the chat, light and dark.
    static let chatStyle: StaticString = #"""
        :root {
          --accent: #3390ec; --fill: #3390ec; --page: #fff; --line: #e6e9ed; --ink: #0f1419; --faint: #707b87; --hover: #f2f4f7;
          --in: #fff; --out: #e3fecb; --out-faint: #4fae4e; --wall: #dfe9d4; --wall2: #bcd9c5; --doodle: .13;
          --service: rgba(59, 95, 73, .42); --key: rgba(74, 112, 88, .42); --shade: 0 1px 2px rgba(16, 35, 47, .16);
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --accent: #6ab3f3; --fill: #3d7fbd; --page: #17212b; --line: #0e161f; --ink: #f1f5f8; --faint: #7f91a4; --hover: #202b36;
            --in: #1d2833; --out: #2b5278; --out-faint: #8ab9e6; --wall: #0e1621; --wall2: #131f2e; --doodle: .05;
            --service: rgba(29, 40, 52, .86); --key: rgba(43, 58, 74, .88); --shade: 0 1px 2px rgba(0, 0, 0, .3);
          }
        }
        * { box-sizing: border-box; margin: 0; -webkit-tap-highlight-color: transparent; }
        html, body { height: 100%; }
        body { display: flex; overflow: hidden; color: var(--ink); background: var(--page);
          font: 15px/1.38 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        button, input { font: inherit; color: inherit; border: 0; background: none; }
        button { cursor: pointer; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        [hidden] { display: none !important; }
        small { color: var(--faint); font-size: 13px; display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }

        #list { flex: 0 0 300px; min-width: 0; overflow: hidden; display: flex; flex-direction: column; border-right: 1px solid var(--line); background: var(--page); }
        #list header { padding: 13px 18px 11px; }
        #list h1 { font-size: 20px; letter-spacing: -.2px; }
        #chats { overflow: hidden auto; padding: 0 8px 8px; }
        #chats button { width: 100%; display: flex; gap: 12px; padding: 9px 10px; border-radius: 12px; text-align: left; align-items: center; }
        #chats button:hover { background: var(--hover); }
        #chats button[aria-current=true] { background: var(--fill); color: #fff; }
        #chats button[aria-current=true] small { color: rgba(255, 255, 255, .85); }
        #chats div { min-width: 0; flex: 1; overflow: hidden; }
        #chats b { display: block; font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
        .avatar { flex: none; width: 46px; height: 46px; border-radius: 50%; display: grid; place-items: center; color: #fff; font-weight: 600;
          font-size: 18px; background: linear-gradient(var(--a, #72d5fd), var(--b, #2a9ef1)); }

        main { flex: 1; min-width: 0; display: flex; flex-direction: column; }
        #head { display: flex; align-items: center; gap: 12px; padding: 7px 16px; border-bottom: 1px solid var(--line); background: var(--page);
          box-shadow: var(--shade); z-index: 1; }
        #head .avatar { width: 42px; height: 42px; font-size: 16px; }
        #names { flex: 1; min-width: 0; }
        #names b { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
        #back { display: none; font-size: 34px; line-height: 1; padding: 0 8px 4px 0; color: var(--accent); }
        #people { display: flex; gap: 6px; }
        #people button { display: flex; align-items: center; gap: 7px; padding: 3px 12px 3px 3px; border-radius: 99px; background: var(--hover);
          transition: background .15s; }
        #people .avatar { width: 30px; height: 30px; font-size: 13px; }
        #people button[aria-pressed=true] { background: var(--fill); color: #fff; font-weight: 600; }

        #messages { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 14px max(14px, calc(50% - 360px)) 6px;
          display: flex; flex-direction: column; gap: 6px; position: relative;
          background:
            url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='220' height='220' fill='none' stroke='%23809a86' stroke-width='2' stroke-linecap='round' stroke-linejoin='round' opacity='.28'%3E%3Cpath d='m32 24 5 11 12 1-9 8 3 12-11-6-10 6 2-12-9-8 12-1zM120 30c14-12 34 2 24 18l-22 20-20-22c-8-14 8-28 18-16zM188 96a17 17 0 1 1-34 0 17 17 0 0 1 34 0zm-25-4h1m13 0h1m-14 9c4 4 9 4 13 0M40 116h44a14 14 0 0 1 12 22c-6 10-14 0-18-6H46c-4 6-12 16-18 6a14 14 0 0 1 12-22zm8 9v10m-5-5h10m24-3h1m6 6h1M150 160l16 34-36-8zM30 190c10-16 20 12 34-6M106 100l8-18 8 18m-14-6h12M196 180v22m-11-11h22'/%3E%3C/svg%3E"),
            linear-gradient(160deg, var(--wall), var(--wall2)); }
        #messages::before { content: ""; flex: 1; }
        .row { display: flex; gap: 8px; align-items: flex-end; max-width: 480px; }
        .row.mine { align-self: flex-end; flex-direction: row-reverse; }
        .row > .avatar { width: 34px; height: 34px; font-size: 14px; }
        .bubble { min-width: 92px; background: var(--in); border-radius: 14px 14px 14px 5px; box-shadow: var(--shade); padding: 6px 10px 7px;
          overflow-wrap: anywhere; display: flow-root; width: fit-content; max-width: 100%; }
        .mine .bubble { margin-left: auto; }
        .mine .bubble { background: var(--out); border-radius: 14px 14px 5px 14px; }
        .who { font-weight: 600; font-size: 14px; color: var(--name, var(--accent)); display: flex; gap: 6px; }
        .who em { font-style: normal; font-weight: 400; color: var(--faint); }
        .bubble time { float: right; margin: 7px 0 -4px 12px; font-size: 11.5px; color: var(--faint); }
        .mine .bubble time { color: var(--out-faint); }
        .command { color: var(--accent); }
        .game .bubble { padding: 6px 6px 7px; width: min(350px, 70vw); }
        .game .bubble time { margin: 5px 5px 0 0; }
        .game .who, .game .info { padding: 0 5px; }
        .scene { border-radius: 9px; margin: 5px 0 7px; aspect-ratio: 16 / 9; background: #131842; overflow: hidden; }
        .info b { display: block; }
        .info p { margin-top: 1px; }
        .scores { margin: 8px 5px 1px; padding: 6px 10px; border-left: 3px solid var(--accent); border-radius: 4px 8px 8px 4px;
          background: color-mix(in srgb, var(--accent) 9%, transparent); font-variant-numeric: tabular-nums; white-space: pre-line; unicode-bidi: plaintext; }
        .scores.fresh { animation: fresh 1.4s; }
        @keyframes fresh { 0% { background: color-mix(in srgb, var(--accent) 45%, transparent); } }
        .keys { display: flex; gap: 4px; margin-top: 4px; }
        .keys button { flex: 1; min-height: 40px; border-radius: 11px; color: #fff; font-weight: 600; background: var(--key); backdrop-filter: blur(6px);
          position: relative; transition: filter .15s; }
        .keys button:hover { filter: brightness(1.12); }
        .keys button[aria-busy=true]::after { content: ""; position: absolute; right: 12px; top: 12px; width: 14px; height: 14px; border-radius: 50%;
          border: 2px solid rgba(255, 255, 255, .4); border-top-color: #fff; animation: turn .8s linear infinite; }
        @keyframes turn { to { transform: rotate(1turn); } }
        .forward { flex: none; width: 34px; height: 34px; border-radius: 50%; background: var(--key); color: #fff; align-self: center; font-size: 17px; }
        .service { align-self: center; padding: 3px 12px; border-radius: 99px; color: #fff; font-size: 13.5px; font-weight: 500;
          background: var(--service); text-align: center; unicode-bidi: plaintext; margin: 2px 0; }

        footer { padding: 4px max(12px, calc(50% - 360px)) 10px; background: var(--wall2); }
        #composer { display: flex; gap: 8px; background: var(--page); border-radius: 22px; padding: 4px 5px 4px 18px; box-shadow: var(--shade); }
        #text { flex: 1; min-width: 0; outline: none; }
        #send { width: 38px; height: 38px; border-radius: 50%; background: var(--fill); display: grid; place-items: center; }
        #send svg { width: 20px; fill: #fff; margin-left: 2px; }
        #commands { display: flex; gap: 6px; padding-bottom: 6px; }
        #commands button { padding: 4px 12px; border-radius: 99px; background: var(--page); color: var(--accent); font-weight: 500; box-shadow: var(--shade); }
        #offers { background: var(--page); border-radius: 14px; margin-bottom: 6px; overflow: hidden; box-shadow: var(--shade); }
        #offers button { display: block; width: 100%; padding: 10px 16px; text-align: left; }
        #offers button:hover { background: var(--hover); }

        #browser, #alert { position: fixed; inset: 0; display: grid; place-items: center; background: rgba(0, 0, 0, .5); z-index: 5;
          animation: fade .15s; }
        @keyframes fade { from { opacity: 0; } }
        #window { width: min(440px, 100%); height: min(780px, calc(100% - 24px)); display: flex; flex-direction: column; border-radius: 16px; overflow: hidden;
          background: var(--page); box-shadow: 0 24px 80px rgba(0, 0, 0, .45); animation: rise .22s cubic-bezier(.2, .9, .3, 1); }
        @keyframes rise { from { transform: translateY(40px); opacity: 0; } }
        #window header { display: flex; align-items: center; gap: 12px; padding: 8px 14px; }
        #window header div { flex: 1; min-width: 0; }
        #window b { display: block; }
        #close { width: 34px; height: 34px; border-radius: 50%; background: var(--hover); }
        #player { font-size: 13px; padding: 3px 10px; border-radius: 99px; background: var(--hover); color: var(--faint); }
        #frame { flex: 1; border: 0; background: #0b1026; width: 100%; }
        #alert > div { width: min(340px, calc(100% - 40px)); padding: 20px; border-radius: 16px; background: var(--page); text-align: right; }
        #warning { text-align: left; margin-bottom: 12px; white-space: pre-line; }
        #choices { display: grid; gap: 4px; margin-bottom: 8px; text-align: left; }
        #choices button { padding: 9px 12px; border-radius: 10px; background: var(--hover); text-align: left; }
        #ok { padding: 8px 16px; border-radius: 10px; color: var(--accent); font-weight: 600; }
        #toast { position: fixed; left: 50%; bottom: 92px; transform: translateX(-50%); max-width: calc(100% - 32px); padding: 10px 18px; border-radius: 12px;
          color: #fff; background: rgba(20, 28, 36, .92); z-index: 6; box-shadow: 0 8px 30px rgba(0, 0, 0, .3); animation: fade .2s; }

        /* Where there is room the game stands beside the messages, so that one sees the scoreboard change. */
        @media (min-width: 1340px) {
          #browser { justify-items: end; padding-right: 28px; background: rgba(0, 0, 0, .16); }
        }
        @media (max-width: 760px) {
          #list { position: fixed; inset: 0; z-index: 4; border: 0; transform: translateX(-102%); transition: transform .22s; visibility: hidden; }
          body.listing #list { transform: none; visibility: visible; }
          #back { display: block; }
          #head { flex-wrap: wrap; padding: 6px 12px 7px; row-gap: 7px; }
          #people { width: 100%; justify-content: stretch; }
          #people button { flex: 1; }
          #window { width: 100%; height: 100%; border-radius: 0; }
        }
        """#
}
